import PeyvandBase
import PeyvandData
import Synchronization

/// Records that were added or changed one at a time, checked, and not yet put into their tables.
///
/// Putting one record into a table goes over the whole table; a script that says ten thousand of them pays that once
/// this way, when the next question needs the table, and so does a journal that is read back. Whatever is not plainly a
/// new record or new values of one (a key that is there already, a value that is refused) takes the whole path instead,
/// so what a statement means does not hang on how many went before it.
final class PendingRecords: Sendable {
  /// Which record is meant.
  enum Place: Hashable, Sendable {
    /// A row of the tables that all this is said over.
    case row(family: KindID, Int32)
    /// What the operation of that number added.
    case added(Int)
  }

  /// One record, as one statement left it.
  struct Operation: Sendable {
    var place: Place
    var family: KindID
    /// Exactly.
    var kind: KindID
    var key: String?
    /// Of an addition those given, of a change all that the record then has.
    var values: [FieldID: Value]
    var isAddition: Bool
    /// When an added event happened.
    var instant: Int64?
  }

  /// Operations beyond this many are put into the tables first: what is held here is held a second time.
  static let most = 10_000
  /// Bytes of a key, so that very many cannot come to more than a table of keys holds.
  static let keyBytes = 4_096

  private struct Content {
    var operations: [Operation] = []
    /// By family and folded key the number of the operation that added it.
    var added: [KindID: [ArraySlice<UInt8>: Int]] = [:]
    /// By record the numbers of its operations.
    var byPlace: [Place: [Int]] = [:]
    /// The last instant so far, one an operation.
    var lastInstants: [Int64] = []

    mutating func append(_ operation: Operation) {
      let number = operations.count
      if operation.isAddition, let key = operation.key {
        added[operation.family, default: [:]][foldedBytes(key)] = number
      }
      byPlace[operation.isAddition ? .added(number) : operation.place, default: []].append(number)
      lastInstants.append(max(lastInstants.last ?? .min, operation.instant ?? .min))
      operations.append(operation)
    }
  }

  /// Shared by the states that follow each other; each sees as many as there were when it was made.
  private final class Log: Sendable {
    let content: Mutex<Content>
    init(_ content: Content = Content()) { self.content = Mutex(content) }
  }
  private let log: Log
  let count: Int
  /// The families of the records …
  let families: Set<KindID>
  /// … and of those some have no key of their own, or one that is a number.
  private let keyless: Set<KindID>
  private let numbered: Set<KindID>
  /// What a state holds with all of it in its tables.
  struct Settled: Sendable {
    var tables: [KindID: FamilyTable]
    var imports: ImportLog
  }
  let settled: Deferred<Settled>

  private init(
    _ log: Log, count: Int, _ families: Set<KindID>, _ keyless: Set<KindID>, _ numbered: Set<KindID>,
    over base: StoreState
  ) {
    self.log = log
    self.count = count
    self.families = families
    self.keyless = keyless
    self.numbered = numbered
    settled = Deferred(reading: { () throws(Diagnostics) in
      let operations = log.content.withLock { Array($0.operations.prefix(count)) }
      let state = try base.putting(operations)
      return Settled(tables: state.tables, imports: state.imports)
    })
  }

  /// What was pending and one operation more.
  /// - Parameter base: the state without any of it.
  static func appended(_ operation: Operation, to before: PendingRecords?, over base: StoreState) -> PendingRecords {
    var log = before?.log ?? Log()
    let count = before?.count ?? 0
    let isAppended = log.content.withLock { content in
      guard content.operations.count == count else { return false }
      content.append(operation)
      return true
    }
    if !isAppended {
      // Another statement was said to the same state, and not this one: each goes on by itself.
      let common = log.content.withLock { Array($0.operations.prefix(count)) }
      var content = Content()
      for one in common { content.append(one) }
      content.append(operation)
      log = Log(content)
    }
    func with(_ family: KindID, _ set: Set<KindID>?, _ isMeant: Bool) -> Set<KindID> {
      isMeant ? (set ?? []).union([family]) : set ?? []
    }
    let isNumber = operation.key.map { Self.isNumber(foldedBytes($0)) } ?? false
    return PendingRecords(
      log, count: count + 1, with(operation.family, before?.families, true),
      with(operation.family, before?.keyless, operation.isAddition && operation.key == nil),
      with(operation.family, before?.numbered, operation.isAddition && isNumber), over: base)
  }

  /// Whether a key could be the number of a record that has no key of its own.
  static func isNumber(_ key: ArraySlice<UInt8>) -> Bool {
    key.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// Whether numbers and keys of a family could be taken for each other.
  func mixesNumbers(_ key: ArraySlice<UInt8>?, in family: KindID) -> Bool {
    guard let key else { return numbered.contains(family) }
    return keyless.contains(family) && Self.isNumber(key)
  }

  /// The number of the operation that added a key.
  func addition(of key: ArraySlice<UInt8>, in family: KindID) -> Int? {
    guard families.contains(family) else { return nil }
    return log.content.withLock { content in content.added[family]?[key].flatMap { $0 < count ? $0 : nil } }
  }

  /// The kind of the record that was added with a key.
  func kind(ofAdded key: ArraySlice<UInt8>, in family: KindID) -> KindID? {
    addition(of: key, in: family).flatMap { latest(.added($0)) }?.kind
  }

  /// What was said last of a record.
  func latest(_ place: Place) -> Operation? {
    log.content.withLock { content in
      content.byPlace[place]?.last { $0 < count }.map { content.operations[$0] }
    }
  }

  /// The last instant of an added event that is not after `limit`.
  func lastInstant(notAfter limit: Int64) -> Int64? {
    log.content.withLock { content in
      guard count > 0, content.lastInstants.count >= count else { return nil }
      let last = content.lastInstants[count - 1]
      if last <= limit { return last == .min ? nil : last }
      return content.operations[..<count].compactMap(\.instant).filter { $0 <= limit }.max()
    }
  }

  /// Whether two states hold the same of these.
  static func areSame(_ one: PendingRecords?, _ other: PendingRecords?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return one.log === other.log && one.count == other.count
  }
}
