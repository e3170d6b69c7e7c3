import PeyvandBase
import PeyvandData

extension StoreState {
  /// What an import did.
  package struct Imported: Sendable {
    package var appended: Appended
    /// Relationships that ended because the file no longer names them.
    package var closed = 0
    /// Records that went because the file no longer names them.
    package var removed = 0
    /// Keys of those that had to stay, because others refer to them; the first few.
    package var kept: [String] = []
    package var keptCount = 0
    /// Whether nothing was closed or removed because rows were rejected or left out by a condition: any of them may
    /// name what seems to be gone.
    package var isUncertain = false
    /// Whether anything is other than it was.
    package var isChange: Bool {
      appended.added + appended.changed + appended.filled + appended.created + closed + removed > 0
    }
  }

  /// Records an import's rows, deals with what the file no longer names, and remembers the import.
  /// - Throws: as `appending`; E2018 where records other than relationships are to be closed.
  /// - Note: linear in the rows of the family and of the batch.
  package func importing(_ brought: consuming NewRows, _ mark: ImportMark) throws(Diagnostics) -> Imported {
    // Of many rows there is no room for two: what they say is let go as it goes into the tables.
    let (isKeyed, fingerprints) = (brought.keys != nil, brought.fingerprints)
    let kind: KindID? =
      switch brought.kinds {
      case .all(let kind): kind
      case .each(let kinds): kinds.first.flatMap { catalogue.kind($0)?.family }
      }
    let appended = try appending(consume brought)
    var result = Imported(appended: appended)
    var state = appended.state
    guard let kind, let family = catalogue.kind(kind)?.family else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
    // Both are held to bounds where a file says them.
    var entry = ImportEntry(number: imports.lastNumber &+ 1, kind: kind, mark: mark)
    entry.mark.rejected = mark.rejected &+ appended.rejects.count
    entry.mark.going = []
    var before = appended.before
    var leaving = try excluded(kind, family, appended, mark)
    if mark.missing != .keep, entry.mark.rejected > 0 || mark.leftOut > 0 {
      result.isUncertain = true
    } else if mark.missing != .keep {
      let gone = try vanished(kind, family, isKeyed ? nil : fingerprints ?? [], appended, mark)
      if mark.missing == .close {
        let closing = try state.closing(gone.map(\.serial), kind, family, on: mark.at)
        (state, result.closed) = (closing.state, closing.count)
        before += closing.before
      } else {
        let known = Set(leaving.map(\.serial))
        leaving += gone.filter { !known.contains($0.serial) }
      }
    }
    if !leaving.isEmpty {
      let removing = try state.removingUnreferred(leaving.map(\.serial), family)
      entry.origins = Self.runs(of: removing.going, in: leaving)
      (state, result.removed, result.keptCount) = (removing.state, removing.going.count, removing.kept.count)
      result.kept = try state.keys(ofSerials: removing.kept.prefix(5), family)
      before += removing.before
    }
    entry.added = appended.added
    entry.changed = appended.changed
    entry.filled = appended.filled
    entry.same = appended.same
    entry.created = appended.created
    entry.closed = result.closed
    entry.removed = result.removed
    entry.serials = appended.serials.mapValues { [$0] }
    entry.before = Deferred(before)
    if result.isChange { state.imports.append(entry) }
    result.appended.state = state
    return result
  }

  // MARK: - What a file no longer names

  /// Serials of records that earlier imports of the same source made and this one does not mean, and the number of
  /// the import that made each.
  /// - Parameter brought: the fingerprints of its rows, where they have no keys.
  private func vanished(
    _ kind: KindID, _ family: KindID, _ brought: [UInt64]?, _ appended: Appended, _ mark: ImportMark
  ) throws(Diagnostics) -> [(serial: Int32, number: Int)] {
    let met = Set(appended.met)
    let fingerprints = try table(family).fingerprints.get()
    let named = Set((brought ?? []).map { max($0, 1) })
    let rowOfSerial = try keyLookup(family).rowOfSerial
    var gone: [(serial: Int32, number: Int)] = []
    for entry in imports.entries
    where !entry.isUndone && entry.kind == kind && nameKey(entry.mark.source) == nameKey(mark.source) {
      for serial in (entry.serials[family] ?? []).joined() where rowOfSerial.indices.contains(Int(serial)) {
        guard rowOfSerial[Int(serial)] >= 0, !met.contains(serial) else { continue }
        let fingerprint = fingerprints.indices.contains(Int(serial)) ? fingerprints[Int(serial)] : 0
        if brought != nil, fingerprint == 0 || named.contains(fingerprint) { continue }
        gone.append((serial, entry.number))
      }
    }
    return gone
  }

  /// Serials of records that earlier imports of the same source made and that a condition leaves out now.
  private func excluded(
    _ kind: KindID, _ family: KindID, _ appended: Appended, _ mark: ImportMark
  ) throws(Diagnostics) -> [(serial: Int32, number: Int)] {
    guard !mark.going.isEmpty else { return [] }
    let lookup = try keyLookup(family)
    let met = Set(appended.met)
    let wanted = Set(mark.going.compactMap { lookup.serial(ofFolded: foldedBytes($0)) }).subtracting(met)
    var going: [(serial: Int32, number: Int)] = []
    for entry in imports.entries
    where !entry.isUndone && entry.kind == kind && nameKey(entry.mark.source) == nameKey(mark.source) {
      for serial in (entry.serials[family] ?? []).joined() where wanted.contains(serial) {
        going.append((serial, entry.number))
      }
    }
    return going
  }

  /// Which import made each of some records, in runs.
  private static func runs(of serials: [Int32], in made: [(serial: Int32, number: Int)]) -> [ImportEntry.Origin] {
    let numbers = Dictionary(made.map { ($0.serial, $0.number) }, uniquingKeysWith: { first, _ in first })
    var runs: [ImportEntry.Origin] = []
    for serial in serials {
      let number = numbers[serial] ?? 0
      if runs.last?.number == number {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(.init(number: number, count: 1))
      }
    }
    return runs
  }

  /// Ends relationships that have no end yet.
  private func closing(
    _ serials: [Int32], _ kind: KindID, _ family: KindID, on instant: Int64
  ) throws(Diagnostics) -> (state: StoreState, count: Int, before: [NewRows]) {
    guard catalogue.kind(kind)?.flavour == .relationship, let end = catalogue.field(named: "end", of: kind) else {
      throw Diagnostics(StoreDiagnostics.notClosed(catalogue.name(of: kind)))
    }
    let identity = try table(family).identity.get()
    let rowOfSerial = identity.rowOfSerial
    let column = try table(family).columns[end.id]?.get()
    let open = serials.filter { serial in
      let row = Int(rowOfSerial[Int(serial)])
      return column.map { !$0.isPresent(row - $0.base) } ?? true
    }
    guard !open.isEmpty else { return (self, 0, []) }
    let old = open.map { rowOfSerial[Int($0)] }
    let before = try inBatches(old) { (part) throws(Diagnostics) in
      try written(part, family: family, fields: [end.id])
    }
    var rows = try written(old, family: family, fields: [end.id])
    let day = calendar.zone.localDay(ofInstant: instant)
    rows.columns[end.id] =
      end.type == .date
      ? Column(.date([Int32](repeating: Int32(clamping: day), count: open.count)))
      : Column(.time([Int64](repeating: instant, count: open.count)))
    let closed = try appending(rows)
    return (closed.state, closed.changed + closed.filled, before)
  }

  /// Removes records of a family to which no record that stays refers.
  private func removingUnreferred(
    _ serials: [Int32], _ family: KindID
  ) throws(Diagnostics) -> (state: StoreState, going: [Int32], kept: [Int32], before: [NewRows]) {
    let rowOfSerial = try table(family).identity.get().rowOfSerial
    let rows = serials.map { rowOfSerial[Int($0)] }
    // What stays keeps what it refers to, and that what it refers to itself.
    var staying = Set(try referrers(to: [family: rows]).map(\.row))
    var work = Array(staying)
    let among = Set(rows)
    var inside: [Int32: [Int32]] = [:]
    for (row, referrer) in try references(among: among, of: family) { inside[referrer, default: []].append(row) }
    while let row = work.popLast() {
      for goal in inside[row] ?? [] where staying.insert(goal).inserted { work.append(goal) }
    }
    let going = zip(serials, rows).filter { !staying.contains($1) }
    let kept = zip(serials, rows).filter { staying.contains($1) }.map(\.0)
    guard !going.isEmpty else { return (self, [], kept, []) }
    let fields = catalogue.fields.filter { $0.family == family }.map(\.id)
    let before = try inBatches(going.map(\.1)) { (part) throws(Diagnostics) in
      try written(part, family: family, fields: fields, asNew: true)
    }
    return (try removing([family: going.map(\.1)]), going.map(\.0), kept, before)
  }

  /// References from some rows of a family to others of them.
  private func references(
    among rows: Set<Int32>, of family: KindID
  ) throws(Diagnostics) -> [(row: Int32, referrer: Int32)] {
    var found: [(row: Int32, referrer: Int32)] = []
    for field in catalogue.fields where field.family == family {
      guard field.type.referredKind.flatMap({ catalogue.kind($0)?.family }) == family,
        let column = try tables[family]?.columns[field.id]?.get()
      else { continue }
      for referrer in rows.sorted() {
        let place = Int(referrer) - column.base
        if let goals = column.rows {
          if goals.indices.contains(place), rows.contains(goals[place]) { found.append((goals[place], referrer)) }
        } else if let offsets = column.offsets, let goals = column.elements?.rows, place >= 0, place + 1 < offsets.count
        {
          for element in Int(offsets[place])..<max(Int(offsets[place]), Int(offsets[place + 1]))
          where goals.indices.contains(element) && rows.contains(goals[element]) {
            found.append((goals[element], referrer))
          }
        }
      }
    }
    return found
  }

  /// What is kept of records, in batches of no more than a block of the store's file.
  func inBatches(
    _ rows: [Int32], _ written: ([Int32]) throws(Diagnostics) -> NewRows
  ) throws(Diagnostics) -> [NewRows] {
    var batches: [NewRows] = []
    for start in stride(from: 0, to: rows.count, by: SnapshotFormat.blockSize) {
      batches.append(try written(Array(rows[start..<min(rows.count, start + SnapshotFormat.blockSize)])))
    }
    return batches
  }

  /// Which of some rows are referred to by records that are not among them.
  private func referrers(
    to going: [KindID: [Int32]]
  ) throws(Diagnostics) -> [(family: KindID, row: Int32, by: KindID, referrer: Int32)] {
    var marks: [KindID: [Bool]] = [:]
    for (family, rows) in going {
      var mark = [Bool](repeating: false, count: table(family).count)
      for row in rows where mark.indices.contains(Int(row)) { mark[Int(row)] = true }
      marks[family] = mark
    }
    var found: [(family: KindID, row: Int32, by: KindID, referrer: Int32)] = []
    for field in catalogue.fields {
      guard let goal = field.type.referredKind.flatMap({ catalogue.kind($0)?.family }), let mark = marks[goal],
        let column = try tables[field.family]?.columns[field.id]?.get()
      else { continue }
      let own = marks[field.family]
      func look(_ place: Int, _ target: Int32) {
        let row = place + column.base
        guard target >= 0, mark.indices.contains(Int(target)), mark[Int(target)] else { return }
        if let own, own.indices.contains(row), own[row] { return }
        found.append((goal, target, field.family, Int32(clamping: row)))
      }
      if let rows = column.rows {
        for (place, target) in rows.enumerated() { look(place, target) }
      } else if let offsets = column.offsets, let rows = column.elements?.rows {
        for place in 0..<max(0, offsets.count - 1) {
          for element in Int(offsets[place])..<max(Int(offsets[place]), Int(offsets[place + 1]))
          where rows.indices.contains(element) { look(place, rows[element]) }
        }
      }
    }
    return found
  }

  /// Removes rows to which nothing that stays refers.
  private func removing(_ going: [KindID: [Int32]]) throws(Diagnostics) -> StoreState {
    var state = self
    // Serials stay what they are while rows move.
    var serials: [KindID: [Int32]] = [:]
    for (family, rows) in going {
      let identity = try table(family).identity.get()
      serials[family] = rows.map { identity.serials[Int($0)] }
    }
    for family in serials.keys.sorted() {
      let table = state.table(family)
      let identity = try table.identity.get()
      let rowOfSerial = identity.rowOfSerial
      var fingerprints = try table.fingerprints.get()
      var rows: [Int32] = []
      for serial in serials[family] ?? [] {
        rows.append(rowOfSerial[Int(serial)])
        if fingerprints.indices.contains(Int(serial)) { fingerprints[Int(serial)] = 0 }
      }
      let (merged, moves) = try table.merged(
        dropping: rows, adding: RowBatch(), keys: identity.keys, fingerprints: fingerprints, in: catalogue)
      state.put(merged, moves: moves)
    }
    return state
  }

  private func keys(ofSerials serials: some Sequence<Int32>, _ family: KindID) throws(Diagnostics) -> [String] {
    let keys = try table(family).identity.get().keys
    return serials.map { keys.text($0) }
  }

  // MARK: - Taking one back

  /// What taking an import back did.
  package struct ImportUndone: Sendable {
    package var state: StoreState
    package var removed = 0
    package var restored = 0
  }

  /// The store without what an import did: what it added is gone, what it changed is as it was.
  /// - Throws: E2014 where there is no such import, E2015 where it was taken back before, E2016 where what it did is
  ///   no longer known, E2017 with names where that was changed since, E2004 where other records refer to what it
  ///   added.
  package func undoingImport(_ number: Int) throws(Diagnostics) -> ImportUndone {
    guard let entry = imports[number] else {
      throw Diagnostics(StoreDiagnostics.noSuchImport(number, last: imports.entries.map(\.number)))
    }
    guard !entry.isUndone else { throw Diagnostics(StoreDiagnostics.importUndone(number)) }
    guard let before = try entry.before?.get() else { throw Diagnostics(StoreDiagnostics.importForgotten(number)) }
    try checkUnchanged(since: entry, before)
    var result = ImportUndone(state: self)
    var back: [Range<Int32>] = []
    // The other way round: what was removed last is there again before anything refers to it.
    for rows in before.reversed() {
      let appended = try result.state.appending(rows)
      if let reject = appended.rejects.first {
        let kind: KindID =
          switch rows.kinds {
          case .each(let kinds) where kinds.indices.contains(reject.row): kinds[reject.row]
          case .each: entry.kind
          case .all(let kind): kind
          }
        throw Diagnostics(diagnostic(for: reject, kind: kind, naming: true))
      }
      result.restored += appended.changed + appended.added + appended.filled
      result.state = appended.state
      if rows.isOfRemoved, let family = catalogue.kind(entry.kind)?.family, let made = appended.serials[family] {
        back.insert(made, at: 0)
      }
    }
    var going: [KindID: [Int32]] = [:]
    for (family, serials) in entry.serials {
      let rowOfSerial = try result.state.table(family).identity.get().rowOfSerial
      let rows = serials.joined().filter { rowOfSerial.indices.contains(Int($0)) }.map { rowOfSerial[Int($0)] }.filter {
        $0 >= 0
      }
      if !rows.isEmpty { going[family] = rows }
      result.removed += rows.count
    }
    let referred = try result.state.referrers(to: going)
    if let first = referred.first {
      var counts: [KindID: Int] = [:]
      for reference in referred where reference.family == first.family && reference.row == first.row {
        counts[reference.by, default: 0] += 1
      }
      throw Diagnostics(
        StoreDiagnostics.isReferredTo(
          kind: catalogue.name(of: first.family),
          key: try result.state.keys(of: [first.row], family: first.family).first ?? "",
          by: counts.sorted { $0.key < $1.key }.map { (catalogue.name(of: $0.key), $0.value) }))
    }
    result.state = try result.state.removing(going)
    result.state.imports.markUndone(number)
    if let family = catalogue.kind(entry.kind)?.family {
      result.state.imports.give(back, of: family, to: entry.origins)
    }
    return result
  }

  /// Refuses where what an import made, changed or removed is no longer as it left it: changed or removed since, by hand
  /// or by a later import, or, of what it removed, recorded anew.
  private func checkUnchanged(since entry: ImportEntry, _ before: [NewRows]) throws(Diagnostics) {
    let changed = before.filter { !$0.isOfRemoved }
    let meant = try serials(of: changed)
    var conflicts: [(kind: String, key: String, by: Int?)] = []
    func isMeant(_ serial: Int32, _ family: KindID) -> Bool {
      entry.serials[family]?.contains { $0.contains(serial) } == true || meant[family]?.contains(serial) == true
    }
    func conflict(_ serial: Int32, _ family: KindID, by number: Int?) throws(Diagnostics) {
      guard isMeant(serial, family) else { return }
      conflicts.append((catalogue.name(of: family), try keys(ofSerials: [serial], family).first ?? "", number))
    }
    for family in Set(entry.serials.keys).union(meant.keys).sorted() {
      for serial in imports.touched(family, since: entry.number) { try conflict(serial, family, by: nil) }
    }
    for later in imports.entries where later.number > entry.number && !later.isUndone {
      guard let rows = try later.before?.get() else { continue }
      let own = try serials(of: rows.filter { !$0.isOfRemoved })
      for family in own.keys.sorted() {
        for serial in (own[family] ?? []).sorted() { try conflict(serial, family, by: later.number) }
      }
    }
    for rows in before {
      guard let family = family(of: rows) else { continue }
      let lookup = try keyLookup(family)
      for case let key? in rows.keys ?? [] {
        // What was changed must be there, and what was removed must not.
        guard (lookup.row(of: key) != nil) == rows.isOfRemoved else { continue }
        conflicts.append((catalogue.name(of: family), key, nil))
      }
      if !rows.isOfRemoved { try checkKinds(rows, family, lookup, &conflicts) }
    }
    if !conflicts.isEmpty { throw Diagnostics(StoreDiagnostics.changedSince(entry.number, conflicts)) }
  }

  /// A record that was made more special cannot be made less so while others refer to it as what it is now.
  private func checkKinds(
    _ rows: NewRows, _ family: KindID, _ lookup: KeyLookup, _ conflicts: inout [(kind: String, key: String, by: Int?)]
  ) throws(Diagnostics) {
    guard case .each(let kinds) = rows.kinds, let keys = rows.keys else { return }
    var goals: [KindID: Set<Int32>] = [:]
    for (key, kind) in zip(keys, kinds) {
      guard let key, let row = lookup.row(of: key), let now = self.kind(ofRow: Int(row), family: family), now != kind
      else { continue }
      for goal in Set(catalogue.fields.compactMap(\.type.referredKind))
      where catalogue.isKind(now, specialOf: goal) && !catalogue.isKind(kind, specialOf: goal) {
        goals[goal, default: []].insert(row)
      }
    }
    for (goal, rows) in goals.sorted(by: { $0.key < $1.key }) {
      for field in catalogue.fields where field.type.referredKind == goal {
        guard let column = try tables[field.family]?.columns[field.id]?.get(),
          let references = column.rows ?? column.elements?.rows
        else { continue }
        for row in references where rows.contains(row) {
          conflicts.append((catalogue.name(of: goal), try self.keys(of: [row], family: family).first ?? "", nil))
        }
      }
    }
  }

  private func family(of rows: NewRows) -> KindID? {
    let kind: KindID? =
      switch rows.kinds {
      case .all(let kind): kind
      case .each(let kinds): kinds.first
      }
    return kind.flatMap { catalogue.kind($0)?.family }
  }

  /// The records that rows speak of, as far as they are there.
  private func serials(of batches: [NewRows]) throws(Diagnostics) -> [KindID: Set<Int32>] {
    var result: [KindID: Set<Int32>] = [:]
    for rows in batches {
      guard let family = family(of: rows) else { continue }
      let lookup = try keyLookup(family)
      for case let key? in rows.keys ?? [] {
        if let serial = lookup.serial(ofFolded: foldedBytes(key)) { result[family, default: []].insert(serial) }
      }
    }
    return result
  }
}
