import PeyvandBase
import PeyvandData

/// The columns of new rows, checked against the kinds they are for, before anything is recorded.
///
/// Goes over each column once. What it finds wrong with a row is kept as a reject of that row; what is wrong
/// with the batch itself (a column of another type) is thrown. References come out as serials of the records
/// they mean, which do not move while the batch finds its place; those to rows of the same batch as
/// `pending` numbers.
struct RowCheck {
  let state: StoreState
  /// Without their columns, each of which is let go as it is checked.
  private(set) var rows: NewRows
  /// The fields of which the rows say something.
  let given: Set<FieldID>
  let family: KindID
  /// The kinds of the family in order, and for each row its place there.
  let order: [KindID]
  private(set) var positions: [Int32]
  private(set) var columns: [FieldID: Column] = [:]
  /// References that are codes yet, where that was asked for; they are in no column.
  private(set) var coded: [FieldID: CodedReferences] = [:]
  private let keepsCodes: Bool
  private(set) var rejects: [Int: RowReject] = [:]
  private(set) var ignored: [FieldID: Int] = [:]
  /// References to keys that are to be created: for each field the key of each element, by code.
  private(set) var toCreate: [FieldID: (codes: Packed<Int32>, dictionary: TextDictionary)] = [:]
  /// The keys of the batch, where its rows may refer to each other.
  private(set) var batchKeys: BatchKeys

  /// How references that cannot be serials yet are written: to row `n` of the batch as −2 − n.
  static func pending(_ row: Int) -> Int32 { -2 &- Int32(clamping: row) }
  static func pendingRow(_ value: Int32) -> Int? { value <= -2 ? -2 - Int(value) : nil }
  /// In a column of references whose key is to be created; its code stands in `toCreate`.
  static let uncreated = Int32.min

  /// Times that any calendar can name, with room: 30,000 years around 1970.
  static let times: ClosedRange<Int64> = -1_000_000_000_000...1_000_000_000_000

  /// Records that are known besides those of the state: their kind by folded key and family.
  typealias Known = (ArraySlice<UInt8>, KindID) -> KindID?
  private let alsoKnown: Known?

  /// - Parameters:
  ///   - isNew: whether what is not given takes its default; what was emptied of a record that is there stays so.
  ///   - codes: whether references may stay codes, until `settleCodes` or for good.
  ///   - alsoKnown: what may be referred to besides; such columns are for the check alone.
  init(
    _ rows: consuming NewRows, in state: StoreState, isNew: Bool = true, codes: Bool = false, alsoKnown: Known? = nil
  ) throws(Diagnostics) {
    self.state = state
    keepsCodes = codes
    var brought = rows.columns
    rows.columns = [:]
    let rows = rows
    self.rows = rows
    given = Set(brought.keys)
    self.alsoKnown = alsoKnown
    let catalogue = state.catalogue
    let firstKind: KindID?
    switch rows.kinds {
    case .all(let kind): firstKind = kind
    case .each(let kinds): firstKind = kinds.first
    }
    guard rows.count >= 0, rows.count < Int(Int32.max) else { throw Diagnostics(StoreDiagnostics.tooMany("new")) }
    guard let family = firstKind.flatMap({ catalogue.kind($0) })?.family else {
      throw Diagnostics(StoreDiagnostics.noSuchKind())
    }
    self.family = family
    let order = catalogue.familyOrder(family)
    self.order = order
    var places: [KindID: Int32] = [:]
    for (index, kind) in order.enumerated() { places[kind] = Int32(clamping: index) }
    switch rows.kinds {
    case .all(let kind):
      positions = [Int32](repeating: places[kind] ?? 0, count: rows.count)
    case .each(let kinds):
      var known = [Int32](repeating: -1, count: catalogue.kinds.count)
      for (kind, place) in places where known.indices.contains(Int(kind.raw)) { known[Int(kind.raw)] = place }
      positions = RowOrder.places(of: kinds, in: known)
      guard positions.count == rows.count,
        RowOrder.counts(of: positions, below: order.count).reduce(0, +) == rows.count
      else {
        throw Diagnostics(StoreDiagnostics.noSuchKind())
      }
    }
    let refersToItself = given.contains { id in
      catalogue.field(id)?.type.referredKind.flatMap { catalogue.kind($0) }?.family == family
    }
    batchKeys = refersToItself ? rows.keys.map { BatchKeys($0) } ?? BatchKeys([]) : BatchKeys([])
    // In the order of the fields, so that the same batch gives the same rejects.
    for id in given.sorted() {
      guard let field = catalogue.field(id), field.family == family, let column = brought.removeValue(forKey: id) else {
        throw Diagnostics(StoreDiagnostics.noField("\(id.raw)", kind: catalogue.name(of: family)))
      }
      guard column.count == rows.count, column.base == 0, column.present.map({ $0.count == rows.count }) ?? true else {
        throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: "one value a row"))
      }
      columns[id] = try take(consume column, for: field)
      if coded[id] != nil { columns[id] = nil }
    }
    if rows.mode == .restoring { return }
    if isNew { try fillDefaults() }
    try checkRequired()
  }

  mutating func reject(_ row: Int, _ field: FieldID?, _ reason: RowReject.Reason) {
    if rejects[row] == nil { rejects[row] = RowReject(row: row, field: field, reason) }
  }

  private func kind(of row: Int) -> KindID { order[Int(positions[row])] }

  // MARK: - One column

  private mutating func take(_ column: consuming Column, for field: Field) throws(Diagnostics) -> Column {
    let has = order.map { state.catalogue.has(field, $0) }
    if has.contains(false) {
      var mask = column.present ?? Mask(repeating: 1, count: rows.count)
      for row in 0..<rows.count where mask[row] != 0 && !has[Int(positions[row])] {
        mask[row] = 0
        ignored[field.id, default: 0] += 1
      }
      column.present = mask
    }
    return try checked(column, field.type, field, owners: nil)
  }

  /// - Parameter owners: for the elements of lists, the row of each.
  private mutating func checked(
    _ column: Column, _ type: FieldType, _ field: Field, owners: [Int32]?
  ) throws(Diagnostics) -> Column {
    var column = column
    let mask = column.present ?? Mask()
    func isThere(_ index: Int) -> Bool { mask.isEmpty || mask[index] != 0 }
    func row(_ index: Int) -> Int { owners.map { Int($0[index]) } ?? index }
    switch (type, column.storage) {
    case (.number, .number(let values)), (.duration, .duration(let values)):
      if values.areFinite { break }
      for index in values.indices where !values[index].isFinite && isThere(index) {
        reject(row(index), field.id, .notFinite)
      }
    case (.yesno, .yesno(let values)):
      column.storage = .yesno(values.map { $0 & 1 })
    case (.text, .text(let codes, let dictionary)):
      if dictionary.count > 0, codes.areAll(in: 0...Int32(clamping: dictionary.count - 1)) { break }
      for index in codes.indices where (codes[index] < 0 || codes[index] >= dictionary.count) && isThere(index) {
        throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: type.inWords))
      }
    case (.date, .date): break
    case (.time, .time(let values)):
      if values.areAll(in: Self.times) { break }
      for index in values.indices where !Self.times.contains(values[index]) && isThere(index) {
        reject(row(index), field.id, .timeOutOfRange)
      }
    case (.reference(let kind), .reference(let goals, let family)):
      guard state.catalogue.kind(kind)?.family == family else {
        throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: type.inWords))
      }
      let allowed = state.rows(of: kind)
      let serials = try state.table(family).identity.get().serials
      var result: [Int32] = []
      result.reserveCapacity(goals.count)
      for index in goals.indices {
        let goal = Int(goals[index])
        if goal < 0 || !isThere(index) {
          result.append(-1)
        } else if allowed.contains(goal), serials.indices.contains(goal) {
          result.append(serials[goal])
        } else {
          let known = serials.indices.contains(goal)
          let key = try state.keys(of: [goals[index]], family: family).first ?? ""
          reject(row(index), field.id, known ? .wrongKind(key) : .noSuchRow)
          result.append(-1)
        }
      }
      column = Column(.reference(result, family: family), present: Self.mask(ofReferences: result))
    case (.reference(let kind), .text(let codes, let dictionary)):
      column = try resolved(codes, dictionary, column.present, kind: kind, field, owners)
    case (.list(let element), .list(let offsets, let elements)):
      guard offsets.first == 0, Int(offsets.last ?? 0) <= elements.count,
        zip(offsets, offsets.dropFirst()).allSatisfy(<=)
      else { throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: type.inWords)) }
      var owners = [Int32](repeating: 0, count: elements.count)
      for row in 0..<max(0, offsets.count - 1) {
        for index in Int(offsets[row])..<Int(offsets[row + 1]) { owners[index] = Int32(clamping: row) }
      }
      let checked = try checked(elements, element, field, owners: owners)
      column.storage = .list(offsets: offsets, elements: checked)
    default:
      throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: type.inWords))
    }
    return column
  }

  static func mask(ofReferences rows: Packed<Int32>) -> Mask? { rows.mask(without: -1) }
  static func mask(ofReferences rows: [Int32]) -> Mask? { Packed(wide: rows).mask(without: -1) }

  /// Keys to serials: each different key is looked up once.
  private mutating func resolved(
    _ codes: Packed<Int32>, _ dictionary: TextDictionary, _ present: Mask?, kind: KindID, _ field: Field,
    _ owners: [Int32]?
  ) throws(Diagnostics) -> Column {
    guard let target = state.catalogue.kind(kind)?.family else { throw Diagnostics(StoreDiagnostics.noSuchKind()) }
    let lookup = try state.keyLookup(target)
    let allowed = state.rows(of: kind)
    let creates = rows.creates.contains(field.id)
    let mayBe = order.map { state.catalogue.isKind($0, specialOf: kind) }
    enum Meaning { case serial(Int32), unused, unknown, wrongKind }
    var meanings: [Meaning] = []
    meanings.reserveCapacity(dictionary.count)
    for code in 0..<Int32(clamping: dictionary.count) {
      // A number is found without a text of it.
      if let number = dictionary.withSpan(ofCode: code, { RowKeys.number($0) }) ?? nil {
        if let serial = lookup.serial(ofNumber: number) {
          let isOfKind = allowed.contains(Int(lookup.rowOfSerial[Int(serial)]))
          meanings.append(isOfKind ? .serial(serial) : .wrongKind)
          continue
        }
        if target == family, !lookup.mayHold(number: number), let row = batchKeys.row(ofNumber: number) {
          meanings.append(mayBe[Int(positions[row])] ? .serial(Self.pending(row)) : .wrongKind)
          continue
        }
      }
      let key = foldedBytes(dictionary[code])
      if let serial = lookup.serial(ofFolded: key) {
        let isOfKind = allowed.contains(Int(lookup.rowOfSerial[Int(serial)]))
        meanings.append(isOfKind ? .serial(serial) : .wrongKind)
      } else if target == family, let row = batchKeys.row(ofFolded: key) {
        let isOfKind = state.catalogue.isKind(self.kind(of: row), specialOf: kind)
        meanings.append(isOfKind ? .serial(Self.pending(row)) : .wrongKind)
      } else if let known = alsoKnown?(key, target) {
        meanings.append(state.catalogue.isKind(known, specialOf: kind) ? .serial(Self.pending(0)) : .wrongKind)
      } else if key.isEmpty {
        meanings.append(.unused)
      } else {
        meanings.append(creates ? .serial(Self.uncreated) : .unknown)
      }
    }
    if creates { toCreate[field.id] = (codes, dictionary) }
    let table = meanings.map { meaning -> Int32? in
      switch meaning {
      case .serial(let serial): serial
      case .unused: -1
      case .unknown, .wrongKind: nil
      }
    }
    if keepsCodes, owners == nil, !creates, !table.contains(nil), !table.contains(-1) {
      coded[field.id] = CodedReferences(codes, through: table.map { $0 ?? -1 }, present: present, family: target)
      // Nobody looks at it.
      return Column(.reference([], family: target))
    }
    if !table.contains(nil) {
      let serials = codes.mapped(through: table.map { $0 ?? -1 }, present: present)
      return Column(
        .reference(serials, family: target), present: table.contains(-1) ? Self.mask(ofReferences: serials) : present)
    }
    var result: [Int32] = []
    result.reserveCapacity(codes.count)
    for index in codes.indices {
      let code = Int(codes[index])
      if let present, present[index] == 0 {
        result.append(-1)
        continue
      }
      guard meanings.indices.contains(code) else {
        throw Diagnostics(StoreDiagnostics.wrongType(field.name, wanted: field.type.inWords))
      }
      switch meanings[code] {
      case .serial(let serial): result.append(serial)
      case .unused: result.append(-1)
      case .unknown, .wrongKind:
        result.append(-1)
        let key = dictionary[codes[index]]
        let row = owners.map { Int($0[index]) } ?? index
        if case .unknown = meanings[code] {
          reject(row, field.id, .unknownKey(key))
        } else {
          reject(row, field.id, .wrongKind(key))
        }
      }
    }
    return Column(.reference(result, family: target), present: Self.mask(ofReferences: result))
  }

  // MARK: - What is not given

  private mutating func fillDefaults() throws(Diagnostics) {
    let known = try knownRows()
    for field in state.catalogue.fields where field.family == family {
      guard let value = field.defaultValue, value != .missing, rows.count > 0 else { continue }
      settleCodes(of: field.id)
      let has = order.map { state.catalogue.has(field, $0) }
      // Row 0 of a column of one: the default; the rest as given.
      let constant = try RowCheck(
        NewRows(
          kinds: .all(field.declaredBy.first ?? family), count: 1,
          columns: [field.id: try state.column(of: [value], for: field)]), withoutDefaultsIn: state
      ).columns[field.id]
      let given = columns[field.id]
      var sources: [Int32] = []
      var changes = false
      // Of a record that is there, an empty cell empties the field.
      let known = self.given.contains(field.id) ? known : []
      for row in 0..<rows.count {
        if !(given?.isPresent(row) ?? false), has[Int(positions[row])], known.isEmpty || !known[row] {
          sources.append(0)
          changes = true
        } else {
          sources.append(Int32(clamping: row + 1))
        }
      }
      guard changes, constant != nil else { continue }
      let from = RowSources(sources: sources, oldCount: 1, isIdentity: false)
      columns[field.id] = Column.gathered(old: constant, new: given, from, rows: 0..<rows.count)
    }
  }

  /// Which rows, of those that may change records, bear a known key; empty where none may, or no default waits for one.
  private func knownRows() throws(Diagnostics) -> [Bool] {
    guard rows.mode == .updating, let keys = rows.keys,
      state.catalogue.fields.contains(where: { $0.family == family && $0.defaultValue != nil })
    else { return [] }
    let lookup = try state.keyLookup(family)
    return keys.map { key in key.map { lookup.serial(ofFolded: foldedBytes($0)) != nil } ?? false }
  }

  /// One row of one column, for a default.
  private init(_ rows: NewRows, withoutDefaultsIn state: StoreState) throws(Diagnostics) {
    self.state = state
    self.rows = rows
    given = Set(rows.columns.keys)
    guard case .all(let kind) = rows.kinds, let family = state.catalogue.kind(kind)?.family else {
      throw Diagnostics(StoreDiagnostics.noSuchKind())
    }
    self.family = family
    order = [kind]
    positions = [0]
    keepsCodes = false
    alsoKnown = nil
    batchKeys = BatchKeys([])
    for (id, column) in rows.columns {
      guard let field = state.catalogue.field(id) else { continue }
      columns[id] = try checked(column, field.type, field, owners: nil)
    }
  }

  private mutating func checkRequired() throws(Diagnostics) {
    for field in state.catalogue.fields where field.family == family && field.isRequired {
      let has = order.map { state.catalogue.has(field, $0) }
      if coded[field.id]?.haveAll == true { continue }
      settleCodes(of: field.id)
      let column = columns[field.id]
      if column != nil, column?.present == nil { continue }
      let holding = try rowsHolding(field)
      for row in 0..<rows.count where has[Int(positions[row])] {
        guard !(column?.isPresent(row) ?? false), holding.isEmpty || !holding[row] else { continue }
        reject(row, field.id, .required)
      }
    }
  }

  /// Which rows change a record that has a value of a field of which they say nothing; empty where none does.
  private func rowsHolding(_ field: Field) throws(Diagnostics) -> [Bool] {
    guard rows.mode == .updating, !given.contains(field.id), let keys = rows.keys,
      let column = try state.table(family).columns[field.id]?.get()
    else { return [] }
    let lookup = try state.keyLookup(family)
    return keys.map { key in
      guard let serial = key.flatMap({ lookup.serial(ofFolded: foldedBytes($0)) }) else { return false }
      return column.isPresent(Int(lookup.rowOfSerial[Int(serial)]) - column.base)
    }
  }

  /// Gives up all that it holds of the rows, once they are placed.
  mutating func letGo() {
    columns = [:]
    coded = [:]
    toCreate = [:]
    positions = []
    batchKeys = BatchKeys([])
    rows = NewRows(kinds: .all(family), count: 0)
  }

  // MARK: - After the rows are known

  /// Makes columns of all references.
  mutating func settleCodes() { for id in coded.keys { settleCodes(of: id) } }

  private mutating func settleCodes(of id: FieldID) {
    if let references = coded.removeValue(forKey: id) { columns[id] = references.column }
  }

  /// References to rows of the batch itself: which row refers, by which field, to which row.
  func pendingReferences() -> [(row: Int, field: FieldID, goal: Int)] {
    var found: [(row: Int, field: FieldID, goal: Int)] = []
    for id in columns.keys.sorted() {
      guard let column = columns[id], column.refers(to: family) else { continue }
      if let rows = column.rows {
        for (row, value) in rows.enumerated() where value != Self.uncreated {
          if let goal = Self.pendingRow(value) { found.append((row, id, goal)) }
        }
      } else if let offsets = column.offsets, let rows = column.elements?.rows {
        for row in 0..<max(0, offsets.count - 1) {
          for value in rows[Int(offsets[row])..<Int(offsets[row + 1])] where value != Self.uncreated {
            if let goal = Self.pendingRow(value) { found.append((row, id, goal)) }
          }
        }
      }
    }
    return found
  }

  /// The keys that rows with `isWanted` want created, each once, in order: by the kind they are to be of.
  func keysToCreate(where isWanted: (Int) -> Bool) -> [(kind: KindID, keys: [String])] {
    var result: [(kind: KindID, keys: [String])] = []
    for id in toCreate.keys.sorted() {
      guard let (codes, dictionary) = toCreate[id], let column = columns[id],
        let kind = state.catalogue.field(id)?.type.referredKind
      else { continue }
      var isMet = [Bool](repeating: false, count: dictionary.count)
      var keys: [String] = []
      func take(_ index: Int, _ value: Int32) {
        let code = Int(codes[index])
        guard value == Self.uncreated, isMet.indices.contains(code), !isMet[code] else { return }
        isMet[code] = true
        keys.append(dictionary[codes[index]])
      }
      if let rows = column.rows {
        for (row, value) in rows.enumerated() where isWanted(row) { take(row, value) }
      } else if let offsets = column.offsets, let rows = column.elements?.rows {
        for row in 0..<max(0, offsets.count - 1) where isWanted(row) {
          for index in Int(offsets[row])..<Int(offsets[row + 1]) { take(index, rows[index]) }
        }
      }
      if !keys.isEmpty { result.append((kind, keys)) }
    }
    return result
  }

  /// Puts the serials of the batch's rows, which follow one another, in the place of references to them.
  mutating func settleReferences(from first: Int32) {
    for (id, column) in columns where column.refers(to: family) {
      columns[id] = Self.settled(column, from: first)
    }
    let base = Self.pending(0)
    for (id, references) in coded where references.family == family {
      coded[id]?.change { $0 <= base ? first &+ (base &- $0) : $0 }
    }
  }

  private static func settled(_ column: Column, from first: Int32) -> Column {
    switch column.storage {
    case .reference(let rows, let family):
      return Column(
        .reference(rows.mapped(countingDownFrom: pending(0), to: first), family: family), present: column.present,
        base: column.base)
    case .list(let offsets, let elements):
      return Column(
        .list(offsets: offsets, elements: settled(elements, from: first)), present: column.present, base: column.base)
    default: return column
    }
  }

  /// Puts a value in the place of every reference for which `change` gives one.
  mutating func changeReferences(to target: KindID, _ change: (FieldID, Int, Int32) -> Int32) {
    for (id, column) in columns where column.refers(to: target) {
      columns[id] = Self.changed(column) { index, value in change(id, index, value) }
    }
  }

  private static func changed(_ column: Column, _ change: (Int, Int32) -> Int32) -> Column {
    switch column.storage {
    case .reference(let rows, let family):
      var result = rows.array
      for index in rows.indices where rows[index] != -1 { result[index] = change(index, rows[index]) }
      return Column(.reference(result, family: family), present: mask(ofReferences: result), base: column.base)
    case .list(let offsets, let elements):
      return Column(
        .list(offsets: offsets, elements: changed(elements, change)), present: column.present, base: column.base)
    default: return column
    }
  }
}
