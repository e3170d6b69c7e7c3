import PeyvandBase
import PeyvandData
import PeyvandFiles

/// Looks at the files of a store, and mends them.
///
/// Looking reads every byte that opening would leave for later, and changes nothing. Mending first keeps the
/// originals under names of their own, then writes the best state that can be had as a new snapshot: from the
/// snapshot where it is sound, else from the one before with its journal, which together are the same state; and
/// on that the statements of the journal as far as they are whole. What followed a snapshot that held more than the
/// pair before it is not put upon that pair: it would pass for a store from which nothing is missing. It says how
/// many it kept and dropped.
package struct Doctor {
  package struct Report: Sendable {
    /// What was found, a line each.
    package var lines: [String] = []
    /// What is wrong; empty for a store that opens and holds all that was acknowledged.
    package var problems: [Diagnostic] = []
    /// What was kept aside.
    package var originals: [String] = []
    package var isSound: Bool { problems.isEmpty }
  }

  /// A state that a pair of files gives.
  fileprivate struct Pair {
    var state: StoreState?
    var id: String?
    var generation = 0
    var hasJournal = false
    var journal: JournalReader?
    /// Statements that are whole and can be applied.
    var kept = 0
    /// Statements that are there and cannot.
    var dropped = 0
  }

  private let path: String
  private let place: String
  private var report = Report()

  private init(_ path: String) throws(Diagnostic) {
    self.path = path
    place = try FileLeave.everything.resolveForWriting(path)
  }

  /// Looks at a store.
  /// - Throws: E3001 where there is none, E3006.
  package static func check(_ path: String) throws(Diagnostics) -> Report {
    do {
      var doctor = try Doctor(path)
      guard doctor.exists("") || doctor.exists(".journal") else { throw FileDiagnostics.noSuchFile(path) }
      _ = doctor.examine()
      return doctor.report
    } catch {
      throw Self.diagnostics(error)
    }
  }

  /// Mends a store. One that is sound is left as it is.
  /// - Throws: E3010 where it is in use, E3210 where nothing can be had from it, E3006; the files are then as
  ///   they were.
  package static func repair(_ path: String) throws(Diagnostics) -> Report {
    do {
      var doctor = try Doctor(path)
      guard doctor.exists("") || doctor.exists(".journal") else { throw FileDiagnostics.noSuchFile(path) }
      let lock = try FileLock(storePath: path)
      try doctor.removeLeftovers()
      let best = doctor.examine()
      if doctor.report.isSound { return doctor.report }
      guard let best, let state = best.state else { throw JournalDiagnostics.beyondRepair(path) }
      try doctor.keepOriginals()
      let owner = JournalFormat.Owner(
        id: best.id ?? StoreFile.newID(), generation: max(best.generation, best.journal?.owner.generation ?? 0) + 1)
      let file = try AtomicFile(doctor.place, leave: .everything, purpose: .store)
      try SnapshotWriter.write(state, owner: owner, hasJournal: false, to: file, shown: path)
      try file.commit()
      if doctor.exists(".journal") { try AtomicFile.remove(doctor.place + ".journal") }
      doctor.report.lines.append("mended: \(state.recordCount) records, as snapshot \(owner.generation)")
      withExtendedLifetime(lock) {}
      return doctor.report
    } catch {
      throw Self.diagnostics(error)
    }
  }

  private static func diagnostics(_ error: any Error) -> Diagnostics {
    switch error {
    case let error as Diagnostics: error
    case let error as Diagnostic: Diagnostics(error)
    default: Diagnostics(FileDiagnostics.system("read", "the store", SystemError(5)))
    }
  }

  // MARK: - Looking

  /// Reports on all files, and gives the best state that they hold.
  private mutating func examine() -> Pair? {
    var now = read("", ".journal", says: true)
    if now.state != nil {
      match(&now)
      if let journal = now.journal, now.follows(journal) { replay(journal, over: &now, says: true) }
      return now
    }
    // The snapshot before and the journal that followed it are what the damaged snapshot was made from.
    var before = read(".previous", ".journal.previous", says: false)
    guard before.state != nil else {
      report.lines.append("there is no snapshot before it that could be used")
      return nil
    }
    report.lines.append("\(path).previous: snapshot \(before.generation), sound")
    if let journal = before.journal, before.follows(journal) { replay(journal, over: &before, says: false) }
    let current = now.journal
    let isNext = current.map { $0.owner.id == before.id && $0.owner.generation == before.generation + 1 } ?? false
    if let current, current.owner.id == before.id, current.owner.generation == before.generation {
      // The journal that followed the damaged snapshot was never begun; that of the one before still lies here.
      replay(current, over: &before, says: true)
      if exists("") {
        report.lines.append(
          "\(path): what it may have held besides (a large import is written into the snapshot itself) cannot be told")
      }
    } else if let current, isNext, current.continues, before.isWhole {
      replay(current, over: &before, says: true)
    } else if let current {
      if isNext, !current.continues {
        report.lines.append(
          "\(path): it held what no journal holds (a large import is written into the snapshot itself); that cannot be had"
        )
      }
      let count = current.records.count
      if count > 0 {
        before.dropped += count
        report.lines.append(
          "\(path).journal: \(count) \(count == 1 ? "statement that follows" : "statements that follow") no snapshot at hand, and cannot be kept"
        )
      }
    }
    return before
  }

  private mutating func read(_ snapshotSuffix: String, _ journalSuffix: String, says: Bool) -> Pair {
    var pair = Pair()
    do {
      let bytes = try FileLeave.everything.open(place + snapshotSuffix).mapped()
      let reader = try SnapshotReader(bytes, path: path + snapshotSuffix)
      pair.id = reader.id
      pair.generation = reader.generation
      pair.hasJournal = reader.hasJournal
      var state = try reader.state(seeksZone: false)
      try state.readAll()
      // What imports changed serves to take them back, and is no reason to give up the records.
      for (number, error) in state.imports.forgetUnreadable() where says {
        report.problems += error.all
        report.lines.append("\(path): what import \(number) changed cannot be read: it cannot be taken back any more")
      }
      pair.state = state
      if says {
        report.lines.append(
          "\(path): snapshot \(reader.generation), \(state.recordCount) records of \(state.catalogue.kinds.count) kinds, sound"
        )
      }
    } catch {
      if says { report.problems += Self.diagnostics(error).all }
    }
    guard exists(journalSuffix) else { return pair }
    do {
      pair.journal = try JournalReader(
        try FileLeave.everything.read(place + journalSuffix), path: path + journalSuffix)
    } catch {
      if says { report.problems += Self.diagnostics(error).all }
    }
    return pair
  }

  /// Whether snapshot and journal belong together.
  private mutating func match(_ pair: inout Pair) {
    let owner = JournalFormat.Owner(id: pair.id ?? "", generation: pair.generation)
    guard let journal = pair.journal else {
      if pair.hasJournal, !exists(".journal") { report.problems.append(JournalDiagnostics.noJournal(path)) }
      return
    }
    if pair.follows(journal) { return }
    if journal.owner.id == owner.id, journal.owner.generation < owner.generation {
      report.lines.append("\(path).journal: of snapshot \(journal.owner.generation), all of it in this snapshot")
    } else if journal.owner.id == owner.id, !pair.hasJournal, journal.records.isEmpty {
      report.lines.append("\(path).journal: begun for a snapshot that did not come to be")
    } else {
      report.problems.append(
        JournalDiagnostics.foreign(path + ".journal", journal: journal.owner, snapshot: owner))
    }
  }

  private mutating func replay(_ journal: JournalReader, over pair: inout Pair, says: Bool) {
    let undone = journal.undone
    var state = pair.state ?? StoreState()
    var failed: Diagnostic?
    var kept = 0
    for record in journal.records {
      if case .changes(let changes) = record.content, !undone.contains(record.number) {
        do throws(Diagnostics) { state = try state.applying(changes) } catch {
          let why = error.all.first?.message ?? "it does not fit"
          failed = JournalDiagnostics.damaged(journal.path, byte: record.at, record: record.number, why)
          break
        }
      }
      kept += 1
    }
    pair.state = state
    pair.kept += kept
    var dropped = journal.records.count - kept
    switch journal.tail {
    case .none: break
    case .torn(let at):
      report.lines.append(
        "\(journal.path): from byte \(at) on nothing was written to the end; it is dropped on opening")
    case .damaged(let at, let record, let what):
      failed = failed ?? JournalDiagnostics.damaged(journal.path, byte: at, record: record, what)
      dropped += 1 + journal.wholeAfterDamage
    }
    pair.dropped += dropped
    if let failed { report.problems.append(failed) }
    guard says else { return }
    let rest = dropped == 0 ? "sound" : "\(dropped) that cannot be kept"
    report.lines.append("\(path).journal: \(kept) \(kept == 1 ? "statement" : "statements"), \(rest)")
  }

  // MARK: - Mending

  private func exists(_ suffix: String) -> Bool {
    do throws(Diagnostic) {
      _ = try FileLeave.everything.open(place + suffix)
      return true
    } catch {
      return error.code != "E3001"
    }
  }

  /// The first number under which no original is kept.
  private var freeNumber: Int {
    var number = 1
    while exists(".before-repair-\(number)") || exists(".journal.before-repair-\(number)") { number += 1 }
    return number
  }

  /// Removes the copies that an earlier mending was stopped in.
  private func removeLeftovers() throws {
    for number in 1...freeNumber {
      for suffix in ["", ".journal"] {
        try AtomicFile.removeLeftover(storePath: place + suffix + ".before-repair-\(number)")
      }
    }
  }

  /// Copies snapshot and journal beside themselves, under a number that is free.
  private mutating func keepOriginals() throws {
    let number = freeNumber
    for suffix in ["", ".journal"] where exists(suffix) {
      let bytes = try FileLeave.everything.read(place + suffix)
      let copy = try AtomicFile(place + suffix + ".before-repair-\(number)", leave: .everything, purpose: .store)
      try copy.write(bytes.array())
      try copy.commit()
      let name = path + suffix + ".before-repair-\(number)"
      report.originals.append(name)
      report.lines.append("kept as it was: \(name)")
    }
  }
}

extension Doctor.Pair {
  /// Whether all that was said until the next snapshot is in it.
  fileprivate var isWhole: Bool { dropped == 0 && (!hasJournal || journal.map(follows) == true) }

  fileprivate func follows(_ journal: JournalReader) -> Bool {
    hasJournal && journal.owner == JournalFormat.Owner(id: id ?? "", generation: generation)
  }
}

extension StoreState {
  /// Reads everything that is read on demand, so that all damage is found.
  func readAll() throws(Diagnostics) {
    for family in tables.keys.sorted() {
      guard let table = tables[family] else { continue }
      _ = try table.identity.get()
      _ = try table.fingerprints.get()
      for field in table.columns.keys.sorted() { _ = try table.columns[field]?.get() }
    }
  }
}
