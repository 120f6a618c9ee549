"""A TLS peer for the transport's tests.

Usage: tls_peer.py MODE CERTIFICATE KEY [OPTION...]
MODE: https, smtps (TLS from the first byte), smtp (STARTTLS).
OPTION: stripped (STARTTLS is not offered), denied (454 to STARTTLS), plain-auth (AUTH is offered before TLS only),
        login (AUTH PLAIN is offered under TLS).
Prints `PORT n`, then a line for whatever it hears, `tls` or `clear` first. Ends when its standard input ends.
"""

import socket
import ssl
import sys
import threading

mode, certificate, key = sys.argv[1:4]
options = set(sys.argv[4:])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
lock = threading.Lock()


def say(line):
    with lock:
        print(line, flush=True)


def https(connection):
    stream = connection.makefile("rwb")
    while line := stream.readline():
        say("tls " + line.decode().strip())
        length = 0
        while (header := stream.readline().strip()):
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        stream.read(length)
        stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        stream.flush()


def smtp(connection, is_encrypted):
    stream = connection.makefile("rwb")

    def answer(*lines):
        for number, line in enumerate(lines):
            stream.write(("%s%s%s\r\n" % (line[:3], " " if number == len(lines) - 1 else "-", line[4:])).encode())
        stream.flush()

    answer("220 peer ESMTP")
    while line := stream.readline():
        line = line.decode().strip()
        say(("tls " if is_encrypted else "clear ") + line)
        word = line[:4].upper()
        if word == "EHLO":
            offers = ["250 peer"]
            if not is_encrypted and "stripped" not in options:
                offers.append("250 STARTTLS")
            if ("login" in options and is_encrypted) or ("plain-auth" in options and not is_encrypted):
                offers.append("250 AUTH PLAIN")
            answer(*offers)
        elif word == "STAR":
            if "denied" in options:
                answer("454 no TLS today")
                continue
            answer("220 go on")
            connection = context.wrap_socket(connection, server_side=True)
            stream = connection.makefile("rwb")
            is_encrypted = True
        elif word == "DATA":
            answer("354 go on")
            while stream.readline() not in (b".\r\n", b""):
                pass
            say("mail")
            answer("250 queued")
        elif word == "QUIT":
            answer("221 bye")
            return
        elif word == "AUTH" and len(line.split()) < 3:
            answer("334 ")
        elif word in ("MAIL", "RCPT"):
            answer("250 ok")
        else:
            answer("235 in")


def serve(connection):
    try:
        if mode != "smtp":
            connection = context.wrap_socket(connection, server_side=True)
        if mode == "https":
            https(connection)
        else:
            smtp(connection, mode == "smtps")
    except (OSError, ValueError):
        say("broken")
    finally:
        connection.close()
        say("end")


def accept():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
say("PORT %d" % listener.getsockname()[1])
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
