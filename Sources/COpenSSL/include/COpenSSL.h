#pragma once
// What Tocsin needs of OpenSSL's libcrypto (3.0): digests and signatures. Its macros are not visible to Swift, so the
// few constants it needs are given here as values.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

/// The kinds of key that DKIM knows (RFC 6376, RFC 8463), as `EVP_PKEY_get_base_id` gives them.
static const int tocsin_key_rsa = EVP_PKEY_RSA;
static const int tocsin_key_ed25519 = EVP_PKEY_ED25519;
