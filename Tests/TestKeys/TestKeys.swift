// Keys made for these tests alone.

public enum TestKeys {
    /// RFC 8463, appendix A.2: the seed nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A= as PKCS #8.
    public static let rfc8463 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----
        """

    public static let rsa2048 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDERdQNsRsE9FG+
        LfeENctpXoQDT+aXsGiuzL0PAbVcgk6YVbi1MDQUBAyqiDkh+EuwT+hIolq0U0ii
        1Y4Q+lJMgn2mxS10Xie/khOmVv4Oe1KvYRp5RziYE9fBvLOoLOvxyMBedu5MlmyV
        RWqSCGNdiCvAaUJUuBOC9ty0XmCEg3XLzBh5e7wmU/1aH60wYHtaupakOOVB2f1z
        pMgjf3Yz6OEl1LXxa5Hox4y7k6S50gvVRgvZq6mGGPIVzCOjSf076a6DtKxfFbKc
        EBwgPp70dCc91UYPnsTqo7K11UwX4LTqPvQLs3nJ/UxLbsyBTG5aMpx5gq6dlAu6
        iadUgNfVAgMBAAECggEAR7DBzeZ82ghruy2LFS2ZCPnO+m666Xk0I3UBMXQMTKgE
        ETxuZTAgNZdtEPUE+VV6QAJP9AfpXah2BZQ/ehAU84FOaBXpjnG9zwmKR93KmnuN
        LiYnx1iuYU4OJuPIM4uE+yG6skZ6sFrZeoSKcqDBuq48XOGVquA5sEJ/RxqZ4oyF
        zigsZNtuZiLRBCmnwT8+oNAv0KvHsoHMLnzFY4jpBgnNIAw621tS8kBqnkh6lDtl
        1jKDHQBBkuX80Y3R90NnPe7w7M0EDBajyavbcGh2pAKV+Zi1atKZyehRPIbouHeZ
        rzDmmARhJuFhJk5oAk3BcCq13LoJpCLuH6Wxwxa4WQKBgQDxRYAsB38kGxyAxdu2
        h1ZYZjg9KOvIgy2wv+TRZPDr+7luCRD9Ph4oAnhYbAiWfavilgJgPwKThS9Eoqjf
        kHolGGZODZ7sQYEDLIxLcmsjT2c+4wdWk+azI8rIFJAUzqTdrz2vAPX9WZQs2Ufw
        C/THJQwoQSygM7JEDgqOIvpgXwKBgQDQQRrPPSMqXiYQYp2KMGstirZnE1tlWyLO
        cTieQapnPS50DhlPFoWpk/hbfLRDHw+S9C/JS/UNVC7qWRRidIAUsmiL3Il0Iaie
        65gJcQT3B8nVS6ds2MfTh9BkQgEJhWr1S1xopOYRslMXnvyt87VsaUXJt10yN1si
        02d94e7kSwKBgQDds2yEiNr2lYcKeUVco13fWwaghIKsvIV2nc4n72ZGogeRKfmX
        isXxI9vr/FGj35TbX9aNFDlMzxxRKFqfHEZw4cvYO0HmfIaNIRlFlr0GNEd+DOXI
        U52wzNngIq0GwZ/TKN04e1yO0gqLb5lf5cymVc+nCcR07SwIxxJB67hAZwKBgHop
        dryStIop6FI8RwXFGVoBwLX+WOK/708Cg5/yDS+6aAGUM6x9HbM4JbwlDulA0zX1
        IAMJF5rWAx9dWePXSzrY3RMOL2N8SxnOQcVoEu2GGBOS6YekMrQXO1tUjJ81MGTr
        7C1Gbd97p9p3XOn9yDLsHhASDA1lA4UOVes2GZi5AoGBALqYoQVxuijNK5r/Z9Pl
        Hsomidk1L7WBoX+NPfQ4iv8AWsW9tNbDxsH1XFIZ71O/L6Xfrxonl6CdulE2oB14
        V9ABbLlOI142As79ZzTWh3ix2nkOAuq4uhGaYbZUZVWeOk4zwyVAsbrtWWXIZDuZ
        DUhOdFSnn9F4P5DY4zuHDU1h
        -----END PRIVATE KEY-----
        """

    public static let rsa2048Traditional = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEAxEXUDbEbBPRRvi33hDXLaV6EA0/ml7Borsy9DwG1XIJOmFW4
        tTA0FAQMqog5IfhLsE/oSKJatFNIotWOEPpSTIJ9psUtdF4nv5ITplb+DntSr2Ea
        eUc4mBPXwbyzqCzr8cjAXnbuTJZslUVqkghjXYgrwGlCVLgTgvbctF5ghIN1y8wY
        eXu8JlP9Wh+tMGB7WrqWpDjlQdn9c6TII392M+jhJdS18WuR6MeMu5OkudIL1UYL
        2auphhjyFcwjo0n9O+mug7SsXxWynBAcID6e9HQnPdVGD57E6qOytdVMF+C06j70
        C7N5yf1MS27MgUxuWjKceYKunZQLuomnVIDX1QIDAQABAoIBAEewwc3mfNoIa7st
        ixUtmQj5zvpuuul5NCN1ATF0DEyoBBE8bmUwIDWXbRD1BPlVekACT/QH6V2odgWU
        P3oQFPOBTmgV6Y5xvc8Jikfdypp7jS4mJ8dYrmFODibjyDOLhPshurJGerBa2XqE
        inKgwbquPFzhlargObBCf0cameKMhc4oLGTbbmYi0QQpp8E/PqDQL9Crx7KBzC58
        xWOI6QYJzSAMOttbUvJAap5IepQ7ZdYygx0AQZLl/NGN0fdDZz3u8OzNBAwWo8mr
        23BodqQClfmYtWrSmcnoUTyG6Lh3ma8w5pgEYSbhYSZOaAJNwXAqtdy6CaQi7h+l
        scMWuFkCgYEA8UWALAd/JBscgMXbtodWWGY4PSjryIMtsL/k0WTw6/u5bgkQ/T4e
        KAJ4WGwIln2r4pYCYD8Ck4UvRKKo35B6JRhmTg2e7EGBAyyMS3JrI09nPuMHVpPm
        syPKyBSQFM6k3a89rwD1/VmULNlH8Av0xyUMKEEsoDOyRA4KjiL6YF8CgYEA0EEa
        zz0jKl4mEGKdijBrLYq2ZxNbZVsiznE4nkGqZz0udA4ZTxaFqZP4W3y0Qx8PkvQv
        yUv1DVQu6lkUYnSAFLJoi9yJdCGonuuYCXEE9wfJ1UunbNjH04fQZEIBCYVq9Utc
        aKTmEbJTF578rfO1bGlFybddMjdbItNnfeHu5EsCgYEA3bNshIja9pWHCnlFXKNd
        31sGoISCrLyFdp3OJ+9mRqIHkSn5l4rF8SPb6/xRo9+U21/WjRQ5TM8cUShanxxG
        cOHL2DtB5nyGjSEZRZa9BjRHfgzlyFOdsMzZ4CKtBsGf0yjdOHtcjtIKi2+ZX+XM
        plXPpwnEdO0sCMcSQeu4QGcCgYB6KXa8krSKKehSPEcFxRlaAcC1/ljiv+9PAoOf
        8g0vumgBlDOsfR2zOCW8JQ7pQNM19SADCRea1gMfXVnj10s62N0TDi9jfEsZzkHF
        aBLthhgTkumHpDK0FztbVIyfNTBk6+wtRm3fe6fad1zp/cgy7B4QEgwNZQOFDlXr
        NhmYuQKBgQC6mKEFcboozSua/2fT5R7KJonZNS+1gaF/jT30OIr/AFrFvbTWw8bB
        9VxSGe9Tvy+l368aJ5egnbpRNqAdeFfQAWy5TiNeNgLO/Wc01od4sdp5DgLquLoR
        mmG2VGVVnjpOM8MlQLG67VllyGQ7mQ1ITnRUp5/ReD+Q2OM7hw1NYQ==
        -----END RSA PRIVATE KEY-----
        """

    public static let rsa1024 = """
        -----BEGIN PRIVATE KEY-----
        MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAML5QtT6cZXM5GFX
        YaS8LWSz6BEpvTKdEypZtnJ1c82JfwFVgh4fmG73/qphhsR4+9hlUaScvL+aDWrA
        Uf5BI34MUSxer884AJwdn0wXThC4gWVgXz++iI/92zaWzPClXOHoMibStTqhxu4q
        gpPmWxEi53KXrvfxLtjjcjfuvtQ5AgMBAAECgYB9WKyLqdreOJRWtEu1EbmJNVQr
        vI7C/FK29mgiG7pwWEYLgIKfhSaFqO/Tb9GpfDJFA5ZCYvXBpHOdvri34f7DSXoO
        smcXi+5CdzkL4a1jS5oR3ifRC2btfIC46wWtwC3IwdkbTmWhpoiFQsymzdrrNZHT
        YkLE+I2mrzNHhI/GkQJBAPAq5t3i/KoXQVvjXcJ+wmtHlwJu4Itu9l8hCjtW4IRq
        TkhYtl3f44pEwUhdhlGpLwne2rFm3Nr8vR8EyYW15X0CQQDP06lDGw6tG10X1X34
        NDEf8fwnf/uhg2C3N+OhDuAvEi2lqKqTiScp0g04K1Nta9nRvmGj7kuKczk2ZSnf
        vvZtAkAPqZyYx97WcOHQTkmlD4M6X9bXT8fREBF9LrhuGkJWIGCukyqBgMJkGAvK
        3l6OIMxyhlgYza6FkYn75eIGmFA5AkAusrrHz16e2xUx89DYYrHfIbqtDX73LdQf
        lzlYyUTqjsUfAiVB/YGFTiOWSXX3klJhZMv/z929gGKMrHKaSgiJAkEAqbATuBIg
        P7QAqxJW4ou14FG6pMd39AW/xZE/Yi0O1eWncfIb5HSpHl1qEkuoIIM02a+awthe
        iwfemeZUn3iAuw==
        -----END PRIVATE KEY-----
        """

    public static let ellipticCurve = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9UWbhd/9YFD96FOY
        WQ3BJeK3dK2beiIx5rPXkzfuwZmhRANCAARXSwrnvq7cKPpuHXE5cFqQGSbzhO3O
        tN53gC/fosM7GfiR6JU/bDmMHYGPN1aVuFA0RDHtDp0GV9L4F+7zP4zC
        -----END PRIVATE KEY-----
        """

    public static let locked = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjTaiwNLMYRsgICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEJzBw44q5Rssb7p35dJJLLUEgZDt
        9SqwzM6Todbtc6teNuoF/4DNgddQiKLVjttP/dPEi14qu/rCy4hON2Dl6t1YGXw7
        AgFRvO75ZlCYKp8pKeUDRNDiJbiaLg2JwJvA7+lYiyActdejvFQSR46GeUlp3Ohr
        OyXxB8Kuy6f2sh2cquihnYM6gw8TIJdN7b8WnasFi94/OxvRmyhofEuwhWq+fZk=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    public static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARugAwIBAgIUSNVx3z+OTmF5VTkW/p6Q+8GWp6MwCgYIKoZIzj0EAwIw
        DzENMAsGA1UEAwwEVGVzdDAgFw0yNjExMjQxMjMzNDBaGA8yMTI2MTAzMTEyMzM0
        MFowDzENMAsGA1UEAwwEVGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFdL
        Cue+rtwo+m4dcTlwWpAZJvOE7c603neAL9+iwzsZ+JHolT9sOYwdgY83VpW4UDRE
        Me0OnQZX0vgX7vM/jMKjUzBRMB0GA1UdDgQWBBREKqK2Lgdf4kXsq8ny3krMgTRV
        TTAfBgNVHSMEGDAWgBREKqK2Lgdf4kXsq8ny3krMgTRVTTAPBgNVHRMBAf8EBTAD
        AQH/MAoGCCqGSM49BAMCA0cAMEQCIGH+eRXobRcirPDhJzCV0bPjgGkl9vCl54u4
        1cgInv7mAiAD4JwYhONKX7HQVqUAOWZKyfj0ciHd+74+Ry8/x9VmUg==
        -----END CERTIFICATE-----
        """
}
