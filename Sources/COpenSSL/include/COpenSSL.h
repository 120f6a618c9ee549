#pragma once
// What Tocsin needs of OpenSSL's libcrypto (3.0): digests and signatures. Its macros are not visible to Swift.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
