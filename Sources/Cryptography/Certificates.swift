// Certificates in PEM, as far as configuration is checked.

import COpenSSL

/// Certificates in PEM text.
public enum Certificates {
    /// How many certificates can be read, from the first up to the first that cannot.
    public static func count(inPEM bytes: [UInt8]) -> Int {
        guard bytes.count <= Int(Int32.max), let bio = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { return 0 }
        defer {
            BIO_free(bio)
            ERR_clear_error()
        }
        var count = 0
        while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
            X509_free(certificate)
            count += 1
        }
        return count
    }
}
