// libcurl's easy handle behind typed setters. An easy handle is used by one thread at a time.
// A setter that fails is remembered; `isUsable` is asked once, when all is set.

import CCurl

/// libcurl as a whole.
enum Curl {
    /// Initialises libcurl once in the life of the process; false where it cannot be used.
    static let isStarted: Bool = ccurl_start() == CURLE_OK

    /// Whole milliseconds, at least 1, at most 23 days: what libcurl's timeouts hold on every platform.
    static func milliseconds(_ seconds: Double) -> Int {
        guard seconds.isFinite else { return 2_000_000_000 }
        return Int(min(max(seconds * 1000, 1), 2_000_000_000).rounded(.up))
    }
}

/// One easy handle.
struct EasyHandle {
    let raw: UnsafeMutableRawPointer
    private(set) var isUsable = true

    /// nil where libcurl has no memory or could not be initialised.
    init?() {
        guard Curl.isStarted, let raw = curl_easy_init() else { return nil }
        self.raw = raw
    }

    init(_ raw: UnsafeMutableRawPointer) {
        self.raw = raw
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(ccurl_set_long(raw, option, value))
    }

    mutating func set(_ option: CURLoption, flag: Bool) {
        note(ccurl_set_long(raw, option, flag ? 1 : 0))
    }

    mutating func set(_ option: CURLoption, offset: Int) {
        note(ccurl_set_offset(raw, option, curl_off_t(offset)))
    }

    /// The string is copied by libcurl; nil unsets.
    mutating func set(_ option: CURLoption, _ value: String?) {
        note(ccurl_set_string(raw, option, value))
    }

    /// The list is not copied: it outlives the transfer.
    mutating func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        note(ccurl_set_list(raw, option, list))
    }

    mutating func set(_ option: CURLoption, context: UnsafeMutableRawPointer?) {
        note(ccurl_set_pointer(raw, option, context))
    }

    mutating func set(_ option: CURLoption, function: @escaping ccurl_data_callback) {
        note(ccurl_set_data_function(raw, option, function))
    }

    mutating func note(_ code: CURLcode) {
        if code != CURLE_OK { isUsable = false }
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return ccurl_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
    }

    /// What is the same for every transfer of this module: no signals, no redirects, no environment, verified TLS.
    mutating func setHouseRules(protocols: String, ca: String?, proxy: String?) {
        set(CURLOPT_NOSIGNAL, flag: true)
        // A transfer that ends while its name is being resolved lets go of the resolver's thread; else libcurl would wait for it,
        // and with it everything else that the loop drives.
        set(CURLOPT_QUICK_EXIT, flag: true)
        set(CURLOPT_PROTOCOLS_STR, protocols)
        set(CURLOPT_FOLLOWLOCATION, flag: false)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // Both always, or libcurl reads http_proxy, all_proxy and no_proxy from the environment.
        set(CURLOPT_PROXY, proxy ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SSL_VERIFYPEER, flag: true)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let ca {
            set(CURLOPT_CAINFO, ca)
            // The built-in directory of the system's authorities would be trusted beside the file.
            set(CURLOPT_CAPATH, nil as String?)
        }
    }
}
