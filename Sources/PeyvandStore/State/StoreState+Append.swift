import PeyvandBase
import PeyvandData

extension StoreState {
  /// Records new rows.
  ///
  /// Rows with a key that is there already are the same record where their values are equal (of the fields
  /// given; text by its fold), fill a record of which only the key was known, and are refused or change the record
  /// otherwise, as `rows.mode` has it; rows without a key are known by their fingerprints. Refused rows come back with reasons, and whoever
  /// asked decides whether to take the new state all the same. Defaults are filled in, required fields asked
  /// for. Linear in the rows of the family and of the batch.
  /// - Throws: where the batch itself does not fit the catalogue (E2005, E2008), or there is no room (E2011).
  package func appending(_ rows: consuming NewRows) throws(Diagnostics) -> Appended {
    var append = try Append(&rows, to: settling())
    try append.recognise()
    append.rejectDependents()
    return try append.finish()
  }
}

/// One batch on its way into a table.
private struct Append {
  /// What becomes of a row.
  private enum Fate: Hashable {
    case new
    case rejected
    /// Recorded already, under this serial.
    case known(Int32)
    /// Equal to an earlier row of the batch.
    case repeats(Int)
    /// Gives its values to a record of which only the key was known.
    case fills(Int32)
    /// Gives other values to a record.
    case changes(Int32)
    /// Keyless, and its fingerprint is there.
    case seen
  }

  private let state: StoreState
  private var rows: NewRows
  private let table: FamilyTable
  private let identity: RowIdentity
  private let lookup: KeyLookup
  private var check: RowCheck
  /// Empty where all rows are new: see `numbers`.
  private var fates: [Fate]
  /// The keys of a batch of which it is plain to see that all of its rows are new and none is refused: numbers that rise
  /// and that no record has. Their rows get serials one after the other, and nothing is kept of each of them.
  private var numbers: KeyNumbers?
  /// The keys of the batch by row, and the rows by key.
  private var ownKeys = KeyTable()
  private var ownIndex: KeyIndex

  /// - Parameter brought: what it holds is taken out of it.
  init(_ brought: inout NewRows, to state: StoreState) throws(Diagnostics) {
    let told = brought.withoutColumns
    rows = told
    rows.creates = brought.creates
    // In the check alone, which lets each column go as it goes over it.
    let all = brought
    brought = NewRows(kinds: told.kinds, count: 0)
    check = try RowCheck(consume all, in: state, codes: true)
    brought.kinds = .all(check.family)
    self.state = state
    table = state.table(check.family)
    identity = try table.identity.get()
    lookup = try state.keyLookup(check.family)
    let isPlain =
      check.rejects.isEmpty && check.toCreate.isEmpty && told.fingerprints == nil && told.keys?.count == told.count
    let known = identity.keys
    numbers = isPlain ? told.keys?.numbers.flatMap { known.areNew($0) ? $0 : nil } : nil
    fates = numbers == nil ? [Fate](repeating: .new, count: told.count) : []
    ownIndex = KeyIndex(capacity: told.keys == nil || numbers != nil ? 0 : told.count)
    if let keys = told.keys, keys.count != told.count {
      throw Diagnostics(StoreDiagnostics.wrongType("key", wanted: "one value a row"))
    }
    if let fingerprints = told.fingerprints, fingerprints.count != told.count {
      throw Diagnostics(StoreDiagnostics.wrongType("key", wanted: "one fingerprint a row"))
    }
  }

  private func key(of row: Int) -> String? {
    guard let key = rows.keys?[row], !key.isEmpty else { return nil }
    return key
  }

  private mutating func reject(_ row: Int, _ field: FieldID?, _ reason: RowReject.Reason) {
    check.reject(row, field, reason)
    fates[row] = .rejected
  }

  // MARK: - Which rows are new

  mutating func recognise() throws(Diagnostics) {
    if numbers != nil { return }
    check.settleCodes()
    var known: [(row: Int, serial: Int32)] = []
    var repeated: [(row: Int, first: Int)] = []
    var fingerprints: FingerprintSet?
    if rows.fingerprints != nil {
      let table = self.table
      fingerprints = try state.caches.fingerprints.value(for: check.family, versions: [table.version]) {
        () throws(Diagnostics) in
        FingerprintSet(try table.fingerprints.get())
      }
    }
    for row in 0..<rows.count {
      let key = key(of: row)
      if rows.keys != nil, !ownKeys.append(key) { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
      if check.rejects[row] != nil {
        fates[row] = .rejected
        continue
      }
      if let key {
        let folded = foldedBytes(key)
        if let serial = lookup.serial(ofFolded: folded) {
          known.append((row, serial))
          fates[row] = .known(serial)
        } else if let first = ownIndex.find(folded: folded, in: ownKeys, where: { Int($0) < row }) {
          repeated.append((row, Int(first)))
          fates[row] = .repeats(Int(first))
        } else {
          ownIndex.insert(Int32(clamping: row), folded: folded)
        }
      } else if let fingerprint = rows.fingerprints?[row] {
        if fingerprints?.insert(fingerprint) == false { fates[row] = .seen }
      }
    }
    if !repeated.isEmpty { try compareRepeated(repeated) }
    if !known.isEmpty { try compareKnown(known) }
  }

  private mutating func compareRepeated(_ pairs: [(row: Int, first: Int)]) throws(Diagnostics) {
    let differing = try differingInBatch(pairs.map { (Int32(clamping: $0.row), Int32(clamping: $0.first)) })
    for (pair, field) in zip(pairs, differing) {
      if let field { reject(pair.row, field, .otherValues(key: key(of: pair.row) ?? "")) }
    }
  }

  /// For each pair of rows of the batch a field in which they differ.
  private func differingInBatch(_ pairs: [(new: Int32, old: Int32)]) throws(Diagnostics) -> [FieldID?] {
    var marks = [Int32](repeating: -1, count: pairs.count)
    for id in check.columns.keys.sorted() {
      guard let column = check.columns[id] else { continue }
      try CellComparison(column, with: column, state: nil).mark(pairs, as: id.raw, in: &marks)
    }
    return marks.map { $0 == -1 ? nil : FieldID(Int($0)) }
  }

  /// For each row and the record of its key a field in which they differ.
  private func differing(_ pairs: [(row: Int, serial: Int32)]) throws(Diagnostics) -> [FieldID?] {
    let rows = pairs.map { (new: Int32(clamping: $0.row), old: lookup.rowOfSerial[Int($0.serial)]) }
    var marks = [Int32](repeating: -1, count: pairs.count)
    // What a default alone says of a new record is nothing to hold against one that is there.
    for id in check.given.sorted() {
      guard let column = check.columns[id] else { continue }
      let old = try table.columns[id]?.get()
      let base = Int32(clamping: old?.base ?? 0)
      let shifted = base == 0 ? rows : rows.map { (new: $0.new, old: $0.old - base) }
      try CellComparison(column, with: old, state: state).mark(shifted, as: id.raw, in: &marks)
    }
    return marks.map { $0 == -1 ? nil : FieldID(Int($0)) }
  }

  private mutating func compareKnown(_ pairs: [(row: Int, serial: Int32)]) throws(Diagnostics) {
    var recorded: [Column] = []
    for column in table.columns.values { recorded.append(try column.get()) }
    var claimed: [Int32: Int] = [:]
    var repeated: [(row: Int, first: Int)] = []
    for (pair, difference) in zip(pairs, try differing(pairs)) {
      let old = Int(lookup.rowOfSerial[Int(pair.serial)])
      let kind = check.order[Int(check.positions[pair.row])]
      let oldKind = table.kind(ofRow: old) ?? kind
      if rows.mode != .adding, let first = claimed[pair.serial] {
        // What the rows of one batch say of a record has to be one thing, whatever was recorded of it.
        repeated.append((pair.row, first))
        fates[pair.row] = .repeats(first)
        continue
      }
      if difference == nil, state.catalogue.isKind(oldKind, specialOf: kind) {
        if rows.mode != .adding { claimed[pair.serial] = pair.row }
        continue
      }
      if let first = claimed[pair.serial] {
        repeated.append((pair.row, first))
        fates[pair.row] = .repeats(first)
      } else if state.catalogue.isKind(kind, specialOf: oldKind),
        !recorded.contains(where: { $0.isPresent(old - $0.base) })
      {
        claimed[pair.serial] = pair.row
        fates[pair.row] = .fills(pair.serial)
      } else if rows.mode == .restoring
        || (rows.mode == .updating
          && (state.catalogue.isKind(oldKind, specialOf: kind) || state.catalogue.isKind(kind, specialOf: oldKind)))
      {
        claimed[pair.serial] = pair.row
        fates[pair.row] = .changes(pair.serial)
      } else if rows.mode == .updating {
        reject(pair.row, nil, .wrongKind(key(of: pair.row) ?? ""))
      } else {
        reject(pair.row, difference, .otherValues(key: key(of: pair.row) ?? ""))
      }
    }
    if !repeated.isEmpty { try compareRepeated(repeated) }
  }

  // MARK: - References among the rows themselves

  /// A row that refers to a refused row is refused too, and so on.
  mutating func rejectDependents() {
    // Where none is refused, none depends on one that is.
    if check.rejects.isEmpty { return }
    let pending = check.pendingReferences()
    guard !pending.isEmpty else { return }
    var dependents: [Int: [(row: Int, field: FieldID)]] = [:]
    for (row, field, goal) in pending { dependents[goal, default: []].append((row, field)) }
    var work = dependents.keys.filter { fates[$0] == .rejected && standIn(for: $0) == nil }.sorted()
    while let goal = work.popLast() {
      for (row, field) in dependents[goal] ?? [] where fates[row] != .rejected {
        reject(row, field, .refersToRefused(key(of: goal) ?? ""))
        work.append(row)
      }
    }
  }

  /// Where the row meant was refused, an accepted row of the same key.
  private func standIn(for row: Int) -> Int? {
    if fates[row] != .rejected { return row }
    guard let key = key(of: row) else { return nil }
    let found = ownIndex.find(folded: foldedBytes(key), in: ownKeys) { fates[Int($0)] != .rejected }
    return found.map { Int($0) }
  }

  // MARK: - Into the table

  /// The first rows of a family, all of them new: their keys were gathered as the table has them.
  private mutating func finishFirst(_ before: Appended) throws(Diagnostics) -> Appended {
    guard rows.count < Int(Int32.max) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
    fates = []
    rows.keys = nil
    let (keys, index) = (ownKeys, ownIndex)
    (ownKeys, ownIndex) = (KeyTable(), KeyIndex())
    var result = before
    let (merged, moves) = try table.merged(
      adding: try plainBatch(from: 0), keys: keys, fingerprints: [], in: state.catalogue)
    result.state.put(merged, moves: moves)
    state.caches.keyIndexes.set(index, for: check.family, versions: [merged.version])
    result.serials[check.family] = 0..<Int32(clamping: keys.count)
    return result
  }

  /// All rows of the batch, as they are.
  private mutating func finishPlain() throws(Diagnostics) -> Appended {
    var result = Appended(state: state)
    result.added = rows.count
    result.ignored = check.ignored
    if rows.count == 0 { return result }
    var keys = identity.keys
    let first = Int32(clamping: keys.count)
    guard keys.count + rows.count < Int(Int32.max) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
    var index = lookup.index
    if let numbers, !keys.append(numbers: numbers) {
      try numbers.forEach { (number) throws(Diagnostics) in
        let serial = Int32(clamping: keys.count)
        let key = String(number)
        guard keys.append(key) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
        if keys.isIndexed(serial) { index.insert(serial, folded: Array(key.utf8)[...]) }
      }
    }
    numbers = nil
    let fingerprints = try table.fingerprints.get()
    let (merged, moves) = try table.merged(
      adding: try plainBatch(from: first), keys: keys,
      fingerprints: StoreState.padded(fingerprints, to: keys.count), in: state.catalogue)
    result.state.put(merged, moves: moves)
    state.caches.keyIndexes.set(index, for: check.family, versions: [merged.version])
    result.serials[check.family] = first..<Int32(clamping: keys.count)
    return result
  }

  /// All rows with serials that follow one another; the columns are in it alone from then on.
  private mutating func plainBatch(from first: Int32) throws(Diagnostics) -> RowBatch {
    var batch = RowBatch()
    batch.count = rows.count
    batch.positions = check.positions
    batch.firstSerial = first
    batch.given = check.given
    check.settleReferences(from: first)
    rows = NewRows(kinds: .all(check.family), count: 0)
    try place(nil, in: state, &batch)
    check.letGo()
    return batch
  }

  mutating func finish() throws(Diagnostics) -> Appended {
    if numbers != nil { return try finishPlain() }
    var result = Appended(state: state)
    let family = check.family
    var accepted: [Int32] = []
    for row in 0..<rows.count {
      switch fates[row] {
      case .new:
        accepted.append(Int32(clamping: row))
        result.added += 1
      case .fills(let serial):
        accepted.append(Int32(clamping: row))
        result.filled += 1
        result.met.append(serial)
      case .changes(let serial):
        accepted.append(Int32(clamping: row))
        result.changed += 1
        result.met.append(serial)
      case .known(let serial):
        result.same += 1
        result.met.append(serial)
      case .repeats, .seen: result.same += 1
      case .rejected: break
      }
    }
    result.ignored = check.ignored
    result.rejects = check.rejects.values.sorted { $0.row < $1.row }
    if accepted.isEmpty { return result }
    if accepted.count == result.added, accepted.count == rows.count, rows.keys != nil, identity.keys.count == 0,
      rows.fingerprints == nil, check.toCreate.isEmpty, rows.keys?.haveAll ?? false
    {
      return try finishFirst(result)
    }
    try remember(accepted, &result)

    var batch = RowBatch()
    var keys = identity.keys
    keys.reserve(accepted.count)
    var index = lookup.index
    var fingerprints = try table.fingerprints.get()
    let serials = try giveSerials(accepted, &batch, &keys, &index, &fingerprints)
    let isWanted = { (row: Int) in serials[row] >= 0 }

    // Records that are made because a key was named: elsewhere at once, in this family as rows of the batch.
    var created: [KindID: [ArraySlice<UInt8>: Int32]] = [:]
    for (kind, wanted) in check.keysToCreate(where: isWanted) {
      let target = state.catalogue.kind(kind)?.family ?? kind
      if target == family {
        try createHere(wanted, kind, &batch, &keys, &index, &created[target, default: [:]], &result.created)
      } else {
        let before = result.state.table(target).count
        let given = try result.state.table(target).identity.get().keys.count
        let made = try result.state.creating(kind, keys: wanted)
        result.state = made.state
        let upTo = try made.state.table(target).identity.get().keys.count
        let first = result.serials[target]?.lowerBound ?? Int32(clamping: given)
        result.serials[target] = first..<Int32(clamping: upTo)
        result.created += made.state.table(target).count - before
        let serials = try made.state.table(target).identity.get().serials
        for (key, row) in zip(wanted, made.rows) where serials.indices.contains(Int(row)) {
          created[target, default: [:]][foldedBytes(key)] = serials[Int(row)]
        }
      }
    }
    resolve(serials, created)
    try place(accepted, in: result.state, &batch)
    let (merged, moves) = try table.merged(
      adding: batch, keys: keys, fingerprints: StoreState.padded(fingerprints, to: keys.count),
      in: state.catalogue)
    result.state.put(merged, moves: moves)
    state.caches.keyIndexes.set(index, for: family, versions: [merged.version])
    let (first, upTo) = (Int32(clamping: identity.keys.count), Int32(clamping: keys.count))
    if first < upTo { result.serials[family] = first..<upTo }
    return result
  }

  /// Keeps what the records were that are filled or changed, in the fields that come.
  private func remember(_ accepted: [Int32], _ result: inout Appended) throws(Diagnostics) {
    var serials: [Int32] = []
    for row in accepted {
      switch fates[Int(row)] {
      case .fills(let serial), .changes(let serial): serials.append(serial)
      default: break
      }
    }
    guard !serials.isEmpty else { return }
    let old = serials.map { lookup.rowOfSerial[Int($0)] }
    let fields = check.columns.keys.sorted()
    result.before += try state.inBatches(old) { (part) throws(Diagnostics) in
      try state.written(part, family: check.family, fields: fields)
    }
  }

  /// Gives each accepted row its serial.
  /// - Returns: by row of the batch its serial, −1 for rows refused.
  private func giveSerials(
    _ accepted: [Int32], _ batch: inout RowBatch, _ keys: inout KeyTable, _ index: inout KeyIndex,
    _ fingerprints: inout [UInt64]
  ) throws(Diagnostics) -> [Int32] {
    var serials = [Int32](repeating: -1, count: rows.count)
    let replaces = accepted.contains {
      switch fates[Int($0)] {
      case .fills, .changes: true
      default: false
      }
    }
    batch.given = check.given
    for row in accepted {
      let row = Int(row)
      if case .changes(let serial) = fates[row] {
        let old = lookup.rowOfSerial[Int(serial)]
        batch.positions.append(position(of: row, over: old))
        serials[row] = serial
        batch.serials.append(serial)
        batch.replaces.append(old)
        batch.keeps.append(old)
        continue
      }
      batch.positions.append(check.positions[row])
      if replaces { batch.keeps.append(-1) }
      if case .fills(let serial) = fates[row] {
        serials[row] = serial
        batch.serials.append(serial)
        batch.replaces.append(lookup.rowOfSerial[Int(serial)])
        continue
      }
      let key = key(of: row)
      if key == nil, keys.hasTexts || rows.keys != nil {
        // A number that another record bears as its key is passed over.
        while isTaken(keys.count + 1, keys, index) {
          guard keys.append(nil) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
        }
      }
      let serial = Int32(clamping: keys.count)
      guard keys.append(key), keys.count < Int(Int32.max) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
      if let key, keys.isIndexed(serial) { index.insert(serial, folded: foldedBytes(key)) }
      if key == nil, let fingerprint = rows.fingerprints?[row] {
        if fingerprints.count < Int(serial) {
          fingerprints.append(contentsOf: repeatElement(0, count: Int(serial) - fingerprints.count))
        }
        fingerprints.append(max(fingerprint, 1))
      }
      serials[row] = serial
      batch.serials.append(serial)
      if replaces { batch.replaces.append(-1) }
    }
    batch.count = accepted.count
    for row in 0..<rows.count {
      switch fates[row] {
      case .known(let serial): serials[row] = serial
      case .repeats(let first): serials[row] = serials[first]
      default: break
      }
    }
    return serials
  }

  /// The place among the kinds of a record that is changed: a row of a general kind leaves it what it is.
  private func position(of row: Int, over old: Int32) -> Int32 {
    let kind = check.order[Int(check.positions[row])]
    guard rows.mode == .updating, let was = table.kind(ofRow: Int(old)), state.catalogue.isKind(was, specialOf: kind),
      let place = check.order.firstIndex(of: was)
    else { return check.positions[row] }
    return Int32(clamping: place)
  }

  private func isTaken(_ number: Int, _ keys: KeyTable, _ index: KeyIndex) -> Bool {
    let digits = Array(String(number).utf8)[...]
    if index.find(folded: digits, in: keys, where: { _ in true }) != nil { return true }
    return ownIndex.find(folded: digits, in: ownKeys, where: { _ in true }) != nil
  }

  private func createHere(
    _ wanted: [String], _ kind: KindID, _ batch: inout RowBatch, _ keys: inout KeyTable, _ index: inout KeyIndex,
    _ created: inout [ArraySlice<UInt8>: Int32], _ count: inout Int
  ) throws(Diagnostics) {
    let position = Int32(clamping: check.order.firstIndex(of: kind) ?? 0)
    for key in wanted {
      let folded = foldedBytes(key)
      if created[folded] != nil { continue }
      let serial = Int32(clamping: keys.count)
      guard keys.append(key) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
      index.insert(serial, folded: folded)
      created[folded] = serial
      batch.positions.append(position)
      batch.serials.append(serial)
      if !batch.replaces.isEmpty {
        batch.replaces.append(-1)
        batch.keeps.append(-1)
      }
      batch.count += 1
      count += 1
    }
  }

  /// Puts serials in the place of references to rows of the batch and to records just made.
  private mutating func resolve(_ serials: [Int32], _ created: [KindID: [ArraySlice<UInt8>: Int32]]) {
    let standIns = Dictionary(
      check.pendingReferences().map { ($0.goal, standIn(for: $0.goal) ?? $0.goal) },
      uniquingKeysWith: { first, _ in first })
    let toCreate = check.toCreate
    var byCode: [FieldID: [Int32]] = [:]
    for (id, wanted) in toCreate {
      guard let kind = state.catalogue.field(id)?.type.referredKind,
        let made = state.catalogue.kind(kind).flatMap({ created[$0.family] })
      else { continue }
      byCode[id] = wanted.dictionary.entries.map { made[foldedBytes($0)] ?? -1 }
    }
    var targets: Set<KindID> = [check.family]
    for id in toCreate.keys {
      if let kind = state.catalogue.field(id)?.type.referredKind, let family = state.catalogue.kind(kind)?.family {
        targets.insert(family)
      }
    }
    for target in targets {
      check.changeReferences(to: target) { id, index, value in
        if value == RowCheck.uncreated {
          guard let wanted = toCreate[id], let made = byCode[id], made.indices.contains(Int(wanted.codes[index])) else {
            return -1
          }
          return made[Int(wanted.codes[index])]
        }
        if let goal = RowCheck.pendingRow(value) { return serials[standIns[goal] ?? goal] }
        return value
      }
    }
  }

  /// The columns of the accepted rows; references to other families as rows.
  /// - Parameter accepted: nil: all.
  private func place(_ accepted: [Int32]?, in state: StoreState, _ batch: inout RowBatch) throws(Diagnostics) {
    for (id, column) in check.columns {
      var column = column
      if let accepted, accepted.count != rows.count { column = column.picked(accepted) }
      if let kind = state.catalogue.field(id)?.type.referredKind, let target = state.catalogue.kind(kind)?.family,
        target != check.family
      {
        column = column.remapped(try rowsOfSerials(target, in: state), family: target)
      }
      batch.columns[id] = column
    }
    for (id, references) in check.coded {
      var references = references
      if references.family != check.family {
        references.remap(try rowsOfSerials(references.family, in: state))
      }
      batch.references[id] = references
    }
  }

  private func rowsOfSerials(_ target: KindID, in state: StoreState) throws(Diagnostics) -> [Int32] {
    let table = state.table(target)
    return try state.caches.rowsOfSerials.value(for: target, versions: [table.version]) { () throws(Diagnostics) in
      try table.identity.get().rowOfSerial
    }
  }
}
