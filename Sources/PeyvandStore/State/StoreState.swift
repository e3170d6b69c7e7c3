import PeyvandBase
import PeyvandData

/// All that a store holds at one moment: kinds, records, and what was declared at the prompt.
///
/// A value, and every change makes a new one from it or throws: so a statement that fails half-way has
/// changed nothing, a question reads one moment however long it runs, and `undo` is an old value. Copying is
/// cheap, columns are shared. What is worked out from columns (adjacency, orders, indexes) is kept beside,
/// shared by all states of a store and good for as long as the tables it came from are unchanged. Records that are
/// said one at a time are held beside the tables until a question needs those that they belong to (`PendingRecords`).
package struct StoreState: ColumnSource, Sendable {
  /// A definition that was typed at the prompt and stays.
  package struct Definition: Hashable, Sendable {
    package var name: String
    package var source: String
    package init(name: String, source: String) {
      self.name = name
      self.source = source
    }
  }

  package internal(set) var catalogue: Catalogue
  package var definitions: [Definition] = []
  /// Further settings, by name, as the texts that were written.
  package var settings: [String: String] = [:]
  /// What was imported, for `peyvand imports` and for taking it back.
  package internal(set) var imports: ImportLog {
    get { pending.flatMap { try? $0.settled.get().imports } ?? standingImports }
    set {
      // What is pending is noted in it.
      if pending != nil { tables = tables }
      standingImports = newValue
    }
  }
  private var standingImports = ImportLog()
  /// The tables with all that was said in them; put together where something is pending.
  var tables: [KindID: FamilyTable] {
    get {
      guard let pending else { return standing }
      // All that is pending was checked against these tables, and all that a merge reads was read.
      return (try? pending.settled.get().tables) ?? standing
    }
    set {
      if pending != nil { standingImports = imports }
      standing = newValue
      pending = nil
    }
  }
  /// The tables without what is pending.
  private(set) var standing: [KindID: FamilyTable] = [:]
  var pending: PendingRecords?
  let caches: StoreCaches

  package init(catalogue: Catalogue = Catalogue()) {
    self.catalogue = catalogue
    caches = StoreCaches()
  }

  /// The calendar, time zone and first day of the week.
  package var calendar: CalendarRules {
    get { catalogue.calendar }
    set {
      // What is pending is read by the calendar that it was said under.
      if pending != nil { tables = tables }
      catalogue.calendar = newValue
    }
  }

  /// A family's rows and keys, and its columns but for references to families of which records are pending.
  func table(_ family: KindID) -> FamilyTable {
    (isPending(family) ? tables[family] : standing[family]) ?? FamilyTable(family: family, catalogue: catalogue)
  }

  func table(ofKind kind: KindID) -> FamilyTable? {
    catalogue.kind(kind).map { table($0.family) }
  }

  private func isPending(_ family: KindID) -> Bool { pending?.families.contains(family) ?? false }

  /// The table that holds a field's column as it is now: the rows of those it refers to may have moved.
  private func table(holding field: Field) -> FamilyTable? {
    let goal = field.type.referredKind.flatMap { catalogue.kind($0)?.family }
    let isSettled = !isPending(field.family) && !(goal.map(isPending) ?? false)
    return isSettled ? standing[field.family] : tables[field.family]
  }

  // MARK: - ColumnSource

  package func rows(of kind: KindID) -> Range<Int> {
    table(ofKind: kind)?.rows(of: kind, in: catalogue) ?? 0..<0
  }

  package func stretches(of kind: KindID) -> [KindRows] {
    table(ofKind: kind)?.stretches.filter { catalogue.isKind($0.kind, specialOf: kind) } ?? []
  }

  package func lastEvent(notAfter limit: Int64) throws(Diagnostics) -> Int64? {
    var last = pending?.lastInstant(notAfter: limit)
    for table in standing.values {
      guard catalogue.kind(table.family)?.flavour == .event, let field = catalogue.timeField(of: table.family),
        let column = try table.columns[field.id]?.get()
      else { continue }
      for stretch in table.stretches {
        let timed = stretch.rows.lowerBound..<(stretch.rows.lowerBound + stretch.timed)
        if let time = lastTime(in: timed, of: column, notAfter: limit) { last = max(last ?? time, time) }
      }
    }
    return last
  }

  /// By halving: the times of a stretch ascend.
  private func lastTime(in rows: Range<Int>, of column: Column, notAfter limit: Int64) -> Int64? {
    func time(_ row: Int) -> Int64? {
      let index = row - column.base
      if let days = column.days, days.indices.contains(index) {
        return catalogue.calendar.zone.instant(ofLocalDay: Int(days[index]))
      }
      if let instants = column.instants, instants.indices.contains(index) { return instants[index] }
      return nil
    }
    var low = rows.lowerBound
    var high = rows.upperBound
    while low < high {
      let middle = low + (high - low) / 2
      if let here = time(middle), here <= limit { low = middle + 1 } else { high = middle }
    }
    return low > rows.lowerBound ? time(low - 1) : nil
  }

  package func column(_ field: FieldID) throws(Diagnostics) -> Column? {
    guard let field = catalogue.field(field) else { return nil }
    return try table(holding: field)?.columns[field.id]?.get()
  }

  package func timeOrder(of kind: KindID) -> [Int32]? {
    guard needsOrder(kind), let table = table(ofKind: kind) else { return nil }
    let key = StoreCaches.OrderKey(kind: kind)
    let catalogue = catalogue
    let passing = caches.passing
    return try? caches.timeOrders.value(for: key, versions: [table.version]) { () throws(Diagnostics) in
      if let made = passing.orders.standing(key, versions: [table.version]) { return made }
      return try Self.makeTimeOrder(of: kind, in: table, catalogue)
    }
  }

  /// Whether the rows of a kind stand in several stretches, each in time order by itself.
  func needsOrder(_ kind: KindID) -> Bool { stretches(of: kind).count { !$0.rows.isEmpty } > 1 }

  package func holding() -> (any AnyObject & Sendable)? { caches.passing }

  package func timePlaces(of kind: KindID) -> [Int32]? {
    guard let table = table(ofKind: kind), let order = timeOrder(of: kind) else { return nil }
    let base = rows(of: kind).lowerBound
    return try? caches.timePlaces.value(for: StoreCaches.OrderKey(kind: kind), versions: [table.version]) {
      SetKernels.places(ofOrder: order, base: base)
    }
  }

  package func adjacency(of kind: KindID, by field: FieldID) throws(Diagnostics) -> Adjacency {
    guard let field = catalogue.field(field), catalogue.kind(kind)?.family == field.family,
      let goal = field.type.referredKind.flatMap({ catalogue.kind($0) })
    else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
    let source = table(holding: field) ?? FamilyTable(family: field.family, catalogue: catalogue)
    let target = table(goal.family)
    let key = StoreCaches.AdjacencyKey(kind: kind, field: field.id)
    let state = self
    return try caches.adjacencies.value(for: key, versions: [source.version, source.columnsVersion, target.version]) {
      () throws(Diagnostics) in
      try state.makeAdjacency(of: kind, by: field, in: source, targets: target.count)
    }
  }

  package func keys(of rows: [Int32], family: KindID) throws(Diagnostics) -> [String] {
    let identity = try table(family).identity.get()
    return rows.map { row in
      identity.serials.indices.contains(Int(row)) ? identity.keys.text(identity.serials[Int(row)]) : ""
    }
  }

  /// Whether there is a record of a key, wherever it stands.
  package func holds(key: String, family: KindID) throws(Diagnostics) -> Bool {
    let folded = foldedBytes(key)
    if pending?.addition(of: folded, in: family) != nil { return true }
    if pending?.mixesNumbers(folded, in: family) == true { return try row(withKey: key, family: family) != nil }
    return try base.keyLookup(family).serial(ofFolded: folded) != nil
  }

  package func row(withKey key: String, family: KindID) throws(Diagnostics) -> Int32? {
    try keyLookup(family).row(of: key)
  }

  /// For many look-ups in one family: ten million a second, without a lock.
  package func keyLookup(_ family: KindID) throws(Diagnostics) -> KeyLookup {
    let table = table(family)
    let identity = try table.identity.get()
    let index = try caches.keyIndexes.value(for: family, versions: [table.version]) { () throws(Diagnostics) in
      KeyIndex(identity.keys)
    }
    let rows = try caches.rowsOfSerials.value(for: family, versions: [table.version]) { () throws(Diagnostics) in
      identity.rowOfSerial
    }
    return KeyLookup(keys: identity.keys, index: index, rowOfSerial: rows)
  }

  // MARK: - Beyond what a question needs

  /// Whether the two are known to hold the same: what one has become by no change.
  func isSame(as other: StoreState) -> Bool {
    catalogue == other.catalogue && definitions == other.definitions && settings == other.settings
      && PendingRecords.areSame(pending, other.pending) && standing.count == other.standing.count
      && standing.allSatisfy { family, table in
        other.standing[family].map { $0.version === table.version && $0.columnsVersion === table.columnsVersion }
          ?? false
      }
  }

  /// The exact kind of a row of a family.
  package func kind(ofRow row: Int, family: KindID) -> KindID? { table(family).kind(ofRow: row) }

  /// About how many rows a family has, without putting what is pending into it.
  func rowCount(of family: KindID) -> Int { standing[family]?.count ?? 0 }
  var rowCount: Int { standing.values.reduce(0) { $0 + $1.count } }

  /// Records in all.
  package var recordCount: Int { tables.values.reduce(0) { $0 + $1.count } }

  /// The value of a field in a row of its family.
  package func value(_ field: FieldID, row: Int) throws(Diagnostics) -> Value {
    guard let column = try column(field) else { return .missing }
    return try value(of: column, at: row - column.base)
  }

  func value(of column: Column, at index: Int) throws(Diagnostics) -> Value {
    guard column.isPresent(index) else { return .missing }
    switch column.storage {
    case .number(let values): return .number(values[index])
    case .text(let codes, let dictionary): return .text(dictionary[codes[index]])
    case .yesno(let values): return .yesno(values[index] == Truth.yes)
    case .date(let days): return .date(Int(days[index]))
    case .time(let instants): return .time(instants[index])
    case .duration(let seconds): return .duration(Duration(seconds: seconds[index]))
    case .reference(let rows, let family):
      guard rows[index] >= 0, let key = try keys(of: [rows[index]], family: family).first else { return .missing }
      let kind = kind(ofRow: Int(rows[index]), family: family) ?? family
      return .record(RecordReference(kind: catalogue.name(of: kind), key: key))
    case .list(let offsets, let elements):
      guard index + 1 < offsets.count, offsets[index] <= offsets[index + 1] else { return .missing }
      var values: [Value] = []
      for element in offsets[index]..<offsets[index + 1] {
        values.append(try value(of: elements, at: Int(element)))
      }
      return .list(values)
    }
  }
}

/// Keys to rows of one family, by fold.
package struct KeyLookup: Sendable {
  let keys: KeyTable
  let index: KeyIndex
  let rowOfSerial: [Int32]

  package func row(of key: String) -> Int32? {
    serial(ofFolded: foldedBytes(key)).map { rowOfSerial[Int($0)] }
  }

  /// The serial of a record whose key is that number, told without a text of it; nil where that cannot be told.
  func serial(ofNumber number: Int32) -> Int32? {
    keys.serial(ofNumber: number) { rowOfSerial.indices.contains(Int($0)) && rowOfSerial[Int($0)] >= 0 }
  }

  /// Whether a number for which `serial(ofNumber:)` has nothing may be a key all the same: as a text, or as the number of
  /// a record without a key of its own.
  func mayHold(number: Int32) -> Bool {
    !index.isEmpty || (rowOfSerial.indices.contains(Int(number) - 1) && rowOfSerial[Int(number) - 1] >= 0)
  }

  /// The serial of a record that is there.
  func serial(ofFolded key: ArraySlice<UInt8>) -> Int32? {
    if keys.hasTexts,
      let serial = index.find(folded: key, in: keys, where: { rowOfSerial[Int($0)] >= 0 })
    {
      return serial
    }
    // A record without a key of its own bears its number.
    guard let first = key.first, first >= 0x31, first <= 0x39, key.count <= 10 else { return nil }
    var number = 0
    for digit in key {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      number = number * 10 + Int(digit & 15)
    }
    guard rowOfSerial.indices.contains(number - 1), rowOfSerial[number - 1] >= 0 else { return nil }
    let serial = Int32(clamping: number - 1)
    return keys.hasText(serial) ? nil : serial
  }
}
