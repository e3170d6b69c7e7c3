import PeyvandBase
import PeyvandData

extension StoreState {
  /// Takes in new declarations: kinds and fields that were added, kinds that were widened.
  /// - Throws: E2010 where something declared before would change its meaning.
  package func declaring(_ new: Catalogue) throws(Diagnostics) -> StoreState {
    for kind in catalogue.kinds {
      guard let now = new.kind(kind.id), now.name == kind.name else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(kind.name, "another place"))
      }
      guard now.flavour == kind.flavour else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(kind.name, "the flavour \(kind.flavour.rawValue)"))
      }
      guard now.general == kind.general, now.family == kind.family else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(kind.name, "another general kind"))
      }
    }
    for field in catalogue.fields {
      guard let now = new.field(field.id), now.name == field.name, now.family == field.family else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(field.name, "another place"))
      }
      guard now.type == field.type else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(field.name, field.type.inWords))
      }
    }
    var state = try settling()
    let tables = state.tables
    state.catalogue = new
    for (family, table) in tables {
      state.tables[family] = try table.widened(from: catalogue, to: new)
    }
    return state
  }

  /// Records one record.
  /// - Parameter key: missing where the store is to give one.
  /// - Throws: E2001 to E2008, with the field that is meant.
  package func adding(
    _ kind: KindID, key: String?, values: [FieldID: Value]
  ) throws(Diagnostics) -> Appended {
    if let state = try holding(added: kind, key: key, values: values) { return Appended(state: state, added: 1) }
    return try settling().addingWhole(kind, key: key, values: values)
  }

  /// The same, put into its table at once.
  func addingWhole(_ kind: KindID, key: String?, values: [FieldID: Value]) throws(Diagnostics) -> Appended {
    let columns = try columns(of: values, kind: kind)
    var result = try appending(NewRows(kinds: .all(kind), count: 1, keys: [key], columns: columns))
    if let reject = result.rejects.first { throw Diagnostics(diagnostic(for: reject, kind: kind, naming: true)) }
    if result.filled > 0, let family = catalogue.kind(kind)?.family {
      for serial in result.met { result.state.imports.touch(serial, of: family) }
    }
    return result
  }

  /// Changes some fields of a record; a field set to missing is emptied.
  /// - Throws: E2003 where there is none, else as `adding`.
  package func changing(
    _ kind: KindID, key: String, values: [FieldID: Value]
  ) throws(Diagnostics) -> StoreState {
    if let state = try holding(changed: kind, key: key, values: values) { return state }
    return try settling().changingWhole(kind, key: key, values: values)
  }

  /// The same, put into its table at once.
  func changingWhole(_ kind: KindID, key: String, values: [FieldID: Value]) throws(Diagnostics) -> StoreState {
    let (row, exact) = try record(kind, key: key)
    let table = try requireTable(of: kind)
    let all = Self.changed(try self.values(ofRow: row, exact: exact, table.family), by: values)
    return try replacing([row], kinds: [exact], values: [all], in: table.family)
  }

  /// Puts other values in the place of all that some records have.
  /// - Parameter kinds: their own, exactly.
  /// - Throws: as `adding`.
  func replacing(
    _ rows: [Int32], kinds: [KindID], values: [[FieldID: Value]], in family: KindID
  ) throws(Diagnostics) -> StoreState {
    var columns: [FieldID: Column] = [:]
    if rows.count == 1, let kind = kinds.first, let values = values.first {
      columns = try self.columns(of: values, kind: kind)
    } else {
      for id in Set(values.flatMap(\.keys)).sorted() {
        guard let field = catalogue.field(id) else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
        columns[id] = try column(of: values.map { $0[id] ?? .missing }, for: field)
      }
    }
    let check = try RowCheck(NewRows(kinds: .each(kinds), count: rows.count, columns: columns), in: self, isNew: false)
    if let reject = check.rejects.values.sorted(by: { $0.row < $1.row }).first {
      throw Diagnostics(diagnostic(for: reject, kind: kinds[reject.row], naming: true))
    }
    let table = table(family)
    let identity = try table.identity.get()
    var batch = RowBatch(
      count: rows.count, positions: check.positions, serials: rows.map { identity.serials[Int($0)] }, replaces: rows,
      columns: check.columns)
    for (id, column) in check.columns {
      guard let goal = catalogue.field(id)?.type.referredKind, let target = catalogue.kind(goal)?.family,
        target != family
      else { continue }
      batch.columns[id] = column.remapped(try self.table(target).identity.get().rowOfSerial, family: target)
    }
    let index = try keyLookup(family).index
    let (merged, moves) = try table.merged(
      adding: batch, keys: identity.keys, fingerprints: try table.fingerprints.get(), in: catalogue)
    var state = self
    state.put(merged, moves: moves)
    caches.keyIndexes.set(index, for: family, versions: [merged.version])
    for row in rows { state.imports.touch(identity.serials[Int(row)], of: family) }
    return state
  }

  /// Removes a record to which nothing refers.
  /// - Throws: E2003 where there is none, E2004 with what refers to it.
  package func removing(_ kind: KindID, key: String) throws(Diagnostics) -> StoreState {
    guard pending == nil else { return try settling().removing(kind, key: key) }
    let (row, exact) = try record(kind, key: key)
    let table = try requireTable(of: kind)
    var referring: [(kind: String, count: Int)] = []
    for field in catalogue.fields {
      guard let goal = field.type.referredKind, catalogue.kind(goal)?.family == table.family,
        let column = try tables[field.family]?.columns[field.id]?.get()
      else { continue }
      let count = (column.rows ?? column.elements?.rows)?.reduce(0) { $0 + ($1 == row ? 1 : 0) } ?? 0
      if count > 0 { referring.append((catalogue.name(of: field.declaredBy.first ?? field.family), count)) }
    }
    guard referring.isEmpty else {
      throw Diagnostics(StoreDiagnostics.isReferredTo(kind: catalogue.name(of: exact), key: key, by: referring))
    }
    let identity = try table.identity.get()
    var fingerprints = try table.fingerprints.get()
    let serial = Int(identity.serials[Int(row)])
    if fingerprints.indices.contains(serial) { fingerprints[serial] = 0 }
    let (merged, moves) = try table.merged(
      dropping: [row], adding: RowBatch(), keys: identity.keys, fingerprints: fingerprints, in: catalogue)
    var state = self
    state.put(merged, moves: moves)
    return state
  }

  // MARK: - Inside

  private func requireTable(of kind: KindID) throws(Diagnostics) -> FamilyTable {
    guard let table = table(ofKind: kind) else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
    return table
  }

  /// The row and exact kind of a record named by a kind and a key.
  private func record(_ kind: KindID, key: String) throws(Diagnostics) -> (row: Int32, kind: KindID) {
    let table = try requireTable(of: kind)
    guard let row = try row(withKey: key, family: table.family) else {
      throw Diagnostics(
        StoreDiagnostics.unknownKey(
          kind: catalogue.name(of: kind), key: key, near: nearestKeys(to: key, kind: kind)))
    }
    let exact = table.kind(ofRow: Int(row)) ?? kind
    guard catalogue.isKind(exact, specialOf: kind) else {
      throw Diagnostics(StoreDiagnostics.wrongKind(key, wanted: catalogue.name(of: kind)))
    }
    return (row, exact)
  }

  func columns(of values: [FieldID: Value], kind: KindID) throws(Diagnostics) -> [FieldID: Column] {
    var columns: [FieldID: Column] = [:]
    for id in values.keys.sorted() {
      guard let field = catalogue.field(id), let value = values[id] else {
        throw Diagnostics(StoreDiagnostics.noField("\(id.raw)", kind: catalogue.name(of: kind)))
      }
      guard catalogue.has(field, kind) else {
        throw Diagnostics(StoreDiagnostics.noField(field.name, kind: catalogue.name(of: kind)))
      }
      columns[id] = try column(of: [value], for: field)
    }
    return columns
  }

  /// Values as a column of the field's type. A date given for a time is its first instant, a time given for
  /// a date its day; a record is given by its key.
  /// - Throws: E2008.
  package func column(of values: [Value], for field: Field) throws(Diagnostics) -> Column {
    try column(of: values, field.type, field)
  }

  private func column(of values: [Value], _ type: FieldType, _ field: Field) throws(Diagnostics) -> Column {
    let present = values.contains(.missing) ? values.map { $0 == .missing ? UInt8(0) : 1 } : nil
    let wrong = Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: type.inWords))
    func all<T>(_ nought: T, _ convert: (Value) -> T?) throws(Diagnostics) -> [T] {
      var result: [T] = []
      result.reserveCapacity(values.count)
      for value in values {
        if value == .missing {
          result.append(nought)
        } else if let converted = convert(value) {
          result.append(converted)
        } else {
          throw wrong
        }
      }
      return result
    }
    let zone = catalogue.calendar.zone
    let storage: Column.Storage
    switch type {
    case .number:
      storage = .number(try all(0) { if case .number(let value) = $0 { value } else { nil } })
    case .yesno:
      storage = .yesno(
        try all(Truth.no) { if case .yesno(let value) = $0 { value ? Truth.yes : Truth.no } else { nil } })
    case .date:
      storage = .date(
        try all(0) {
          switch $0 {
          case .date(let day): Int32(exactly: day)
          case .time(let instant): Int32(exactly: zone.localDay(ofInstant: instant))
          default: nil
          }
        })
    case .time:
      storage = .time(
        try all(0) {
          switch $0 {
          case .time(let instant): instant
          case .date(let day): zone.instant(ofLocalDay: day)
          default: nil
          }
        })
    case .duration:
      storage = .duration(
        try all(0) {
          guard case .duration(let value) = $0, value.months == 0 else { return nil }
          return value.days * 86_400 + value.seconds
        })
    case .text, .reference:
      var dictionary = TextDictionary()
      let codes: [Int32] = try all(0) {
        switch ($0, type) {
        case (.text(let text), _): dictionary.code(of: text)
        case (.record(let record), .reference): dictionary.code(of: record.key)
        default: nil
        }
      }
      storage = .text(codes, dictionary)
    case .list(let element):
      var offsets: [Int32] = [0]
      var elements: [Value] = []
      for value in values {
        if case .list(let items) = value {
          elements += items
        } else if value != .missing {
          throw wrong
        }
        offsets.append(Int32(clamping: elements.count))
      }
      storage = .list(offsets: offsets, elements: try column(of: elements, element, field))
    }
    return Column(storage, present: present)
  }
}

extension FamilyTable {
  /// The same rows under a catalogue that has more kinds or fields.
  func widened(from old: Catalogue, to catalogue: Catalogue) throws(Diagnostics) -> FamilyTable {
    var table = self
    let known = Dictionary(stretches.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
    table.stretches = []
    var end = 0
    for kind in catalogue.familyOrder(family) {
      let stretch = known[kind] ?? KindRows(kind: kind, rows: end..<end, timed: 0)
      guard stretch.rows.lowerBound == end || stretch.rows.isEmpty else {
        throw Diagnostics(StoreDiagnostics.otherDeclaration(catalogue.name(of: kind), "another order of kinds"))
      }
      let rows = stretch.rows.isEmpty ? end..<end : stretch.rows
      table.stretches.append(KindRows(kind: kind, rows: rows, timed: stretch.timed))
      end = rows.upperBound
    }
    var everyRow: RowSources?
    for field in catalogue.fields where field.family == family {
      let reach = table.reach(of: field, in: catalogue)
      guard let column = columns[field.id], let was = old.field(field.id), reach != self.reach(of: was, in: old) else {
        continue
      }
      let from =
        everyRow
        ?? RowSources(sources: (0..<count).map { Int32(truncatingIfNeeded: $0) }, oldCount: count, isIdentity: true)
      everyRow = from
      let value = try column.get()
      table.columns[field.id] = Column.gathered(old: value, new: nil, from, rows: reach).map { Deferred($0) }
      table.columnsVersion = Version()
    }
    return table
  }
}
