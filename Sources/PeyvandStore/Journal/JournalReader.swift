import PeyvandBase
import PeyvandData
import PeyvandFiles

/// A journal as it lies on the disk: whose it is, its whole records, and what stands behind them.
///
/// Reading changes nothing. What is torn is told apart from what is damaged here, once, for opening and for
/// `doctor`: a torn tail was never acknowledged and is dropped, damage is refused with its place.
struct JournalReader {
  /// One statement.
  struct Record: Sendable {
    enum Content: Sendable {
      case changes([StoreChange])
      /// Takes back the statement of that number.
      case undo(Int)
    }
    var number: Int
    /// Where its line begins.
    var at: Int
    var content: Content

    var isData: Bool {
      if case .changes(let changes) = content { changes.contains { $0.isData } } else { false }
    }
  }

  enum Tail {
    case none
    /// From this byte on nothing was acknowledged.
    case torn(at: Int)
    case damaged(at: Int, record: Int, what: String)
  }

  let path: String
  let owner: JournalFormat.Owner
  /// Whether the snapshot it follows holds what the pair before it came to, and nothing besides.
  let continues: Bool
  private(set) var records: [Record] = []
  /// The byte behind the last whole record.
  private(set) var end: Int
  private(set) var tail = Tail.none
  /// Whole records that stand behind a damaged one.
  private(set) var wholeAfterDamage = 0

  /// Reads all of a journal.
  /// - Throws: E3205 where it is none or its first line is damaged, E3202 where it is of a newer format.
  init(_ bytes: FileBytes, path: String) throws(Diagnostic) {
    self.path = path
    let all = bytes.unsafeBytes
    let first = JournalFormat.line(all, at: 0, seed: nil)
    let said = first.flatMap { Self.json(all, $0.json) }
    guard let first, let header = said, header["format"]?.text == JournalFormat.name,
      let version = header["version"]?.integer
    else { throw JournalDiagnostics.notAJournal(path) }
    guard version <= JournalFormat.version else {
      throw SnapshotDiagnostics.newer(path, version: version, known: JournalFormat.version)
    }
    guard let id = header["id"]?.text, let generation = header["generation"]?.integer else {
      throw JournalDiagnostics.notAJournal(path)
    }
    owner = JournalFormat.Owner(id: id, generation: generation)
    continues = header["continues"]?.bool ?? false
    let seed = owner.seed
    guard JournalFormat.line(all, at: 0, seed: seed) != nil else { throw JournalDiagnostics.notAJournal(path) }
    end = first.end
    while end < all.count {
      let number = records.count + 1
      guard let line = JournalFormat.line(all, at: end, seed: seed) else {
        tail =
          JournalFormat.isTorn(all, from: end, seed: seed)
          ? .torn(at: end) : .damaged(at: end, record: number, what: "it does not fit its checksum")
        wholeAfterDamage = JournalFormat.wholeLines(all, after: end, seed: seed)
        return
      }
      guard let json = Self.json(all, line.json), json["n"]?.integer == number, let content = Self.content(json) else {
        tail = .damaged(at: end, record: number, what: "it is not the record that follows")
        wholeAfterDamage = JournalFormat.wholeLines(all, after: end, seed: seed)
        return
      }
      records.append(Record(number: number, at: end, content: content))
      end = line.end
    }
    withExtendedLifetime(bytes) {}
  }

  private static func json(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> JSONValue? {
    try? JSONValue(FileBytes(Array(bytes[range])), duplicates: .refuse)
  }

  private static func content(_ json: JSONValue) -> Record.Content? {
    if let undone = json["undo"]?.integer { return .undo(undone) }
    guard let written = json["changes"]?.array else { return nil }
    let changes = written.compactMap(ChangeJSON.change)
    return changes.count == written.count ? .changes(changes) : nil
  }

  // MARK: - What it comes to

  /// The numbers of the statements that were taken back.
  var undone: Set<Int> {
    var numbers: Set<Int> = []
    for case .undo(let number) in records.map(\.content) { numbers.insert(number) }
    return numbers
  }

  /// The state after the records, from the one that the snapshot holds.
  /// - Throws: E3203 with the place of a record that cannot be applied.
  func replayed(over state: StoreState) throws(Diagnostics) -> StoreState {
    let undone = undone
    var state = state
    for record in records where !undone.contains(record.number) {
      guard case .changes(var changes) = record.content else { continue }
      for place in changes.indices {
        guard case .declare(var catalogue) = changes[place] else { continue }
        catalogue.calendar.zone = try StoreZone.known(catalogue.calendar.zone, path: path)
        changes[place] = .declare(catalogue)
      }
      do throws(Diagnostics) {
        state = try state.applying(changes)
      } catch {
        let why = error.all.first?.message ?? "it does not fit"
        throw Diagnostics(
          JournalDiagnostics.damaged(path, byte: record.at, record: record.number, why))
      }
    }
    return state
  }
}
