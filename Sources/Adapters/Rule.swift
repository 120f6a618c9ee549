// What an adapter does with an item: the first rule that fits makes the events, or says that there are none to make.

/// One rule of an adapter.
struct Rule: Sendable, Equatable {
    var when = Condition()
    /// Its own items, below the adapter's; nil: the adapter's item itself.
    var each: [ValuePath]?
    /// The event, with what all events of the adapter have.
    var shape = Shape()
    /// Why no event is made; nil: one is. It is said only where no rule before has made one.
    var skip: String?
    /// Why the item is no good; nil: it is. Like `skip`.
    var refuse: String?
    /// The next rules are looked at as well.
    var goesOn = false
    /// Where it begins in the file.
    var line: Int
}
