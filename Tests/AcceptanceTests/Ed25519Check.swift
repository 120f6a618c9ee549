// DKIM with Ed25519, verified by a second implementation: Python reads RFC 6376 and RFC 8463, and the `openssl` command
// checks the signature. OpenDKIM in Debian 12 knows RSA only.

enum Ed25519Check {
    /// Arguments: a mail, its public key in DER. Prints `verified`, or why not.
    static let script = #"""
        import base64, hashlib, re, subprocess, sys

        raw = open(sys.argv[1], "rb").read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        head, body = raw.split(b"\r\n\r\n", 1)
        fields = re.findall(rb"(?:^|\r\n)([^:\s]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)", head)

        def relaxed(name, value):
            value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" \t")
            return name.lower() + b":" + value

        name, signature = next(f for f in fields if f[0].lower() == b"dkim-signature")
        tags = dict(re.match(rb"\s*(\w+)\s*=\s*(.*)$", t, re.S).groups() for t in signature.split(b";") if t.strip())
        tags = {k.decode(): re.sub(rb"\s+", b"", v) for k, v in tags.items()}
        assert tags["a"] == b"ed25519-sha256" and tags["c"] == b"relaxed/relaxed" and "l" not in tags, tags

        lines = [re.sub(rb"[ \t]+", b" ", l).rstrip(b" ") for l in body.split(b"\r\n")]
        while lines and lines[-1] == b"":
            lines.pop()
        canonical = b"".join(l + b"\r\n" for l in lines)
        assert base64.b64encode(hashlib.sha256(canonical).digest()) == tags["bh"], "the body's hash differs"

        signed, used = [], {}
        for wanted in tags["h"].split(b":"):
            wanted = wanted.lower()
            same = [f for f in fields if f[0].lower() == wanted]
            index = used[wanted] = used.get(wanted, 0) + 1
            if index <= len(same):  # from the bottom up; a name that is signed once more than it occurs adds nothing
                signed.append(relaxed(*same[-index]) + b"\r\n")
        for needed in (b"from", b"to", b"subject", b"date", b"message-id"):
            assert needed in used, needed
        without = re.sub(rb"(\bb\s*=)[^;]*", rb"\1", signature)
        data = b"".join(signed) + relaxed(name, without)

        open("digest", "wb").write(hashlib.sha256(data).digest())
        open("signature", "wb").write(base64.b64decode(tags["b"]))
        subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", sys.argv[2], "-out", "public.pem"], check=True)
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "digest", "-sigfile", "signature"])
        print("verified" if done.returncode == 0 else "not verified")
        """#
}
