import PeyvandBase
import PeyvandData

/// The shape of a store's file, in one place for its writer and its reader.
///
///     {
///     "header": {"format":"peyvand","version":3,"id":"…","generation":7,"journal":true,"data_at":…,"size":…,
///                "head_crc32c":"…","crc32c":"…"},
///     "catalogue": {…}, "settings": {…}, "definitions": […],
///     "directory": […],
///     "data": {"customer": {"records": {…}, "fields": {"name": {"texts": [[…],…], "values": [[…],…]}, …}}, …}
///     }
///
/// `journal` says whether `NAME.json.journal` belongs to it: with `true` the store is the two files together, with
/// `false` the snapshot is all of it. Version 1 had no journal and no such member; versions 1 and 2 had no `runs` in the
/// directory (records in a row whose keys are numbers in a row: the first serial, how many, the first number), and all
/// their blocks were written to the end.
///
/// The header's own checksum covers all bytes before it; `head_crc32c` covers what follows up to the data. The
/// directory gives for each block of 65,536 values its place (from the beginning of the file), length, number
/// of values, first value and checksum, so a reader maps the file and touches only the columns it needs.
///
/// | type | parts |
/// |---|---|
/// | number, duration | `values`: numbers; a duration's are seconds |
/// | yes/no | `values`: 0 or 1 |
/// | date, time | `values`: days or seconds since 1970-01-01, the first of a block whole, then differences |
/// | text | `texts`: each different text once; `values`: their places, from 0 |
/// | reference | `values`: rows of the family referred to, from 0 |
/// | list | `lengths`; then `element.` and the parts of its elements |
///
/// `null` is a missing value, and so is what a block lacks at its end. Records have `serial` (the order in which they were recorded; left out where it
/// is that of the rows), `key` (null: as `runs` say, else the serial
/// from 1) and `fingerprint`.
enum SnapshotFormat {
  static let name = "peyvand"
  static let version = 3
  /// Values a block.
  static let blockSize = 65_536
}

/// The values of one part of a column, as they are written; each worked out when its block is.
enum PartValues: Sendable {
  case numbers(Packed<Double>)
  case flags([UInt8])
  /// With `isDelta`: each less the one before it in its block.
  case small(Packed<Int32>, isDelta: Bool)
  case integers(Packed<Int64>, isDelta: Bool)
  case lengths(offsets: [Int32])
  case texts(TextEntries)
  /// The keys of records by their serials; null where a record has none of its own, or one of a run.
  case keys(KeyTable, runs: [KeyTable.Run], serials: Packed<Int32>)
  /// By serial; null where there is none.
  case fingerprints([UInt64], serials: Packed<Int32>)

  var count: Int {
    switch self {
    case .numbers(let values): values.count
    case .flags(let values): values.count
    case .small(let values, _): values.count
    case .integers(let values, _): values.count
    case .lengths(let offsets): max(0, offsets.count - 1)
    case .texts(let values): values.count
    case .keys(_, _, let serials), .fingerprints(_, let serials): serials.count
    }
  }
}

struct Part: Sendable {
  var name: String
  var values: PartValues
  /// 0 where a value is missing; nil where none is.
  var present: Mask?
}

/// One line of values in the file.
struct Block: Sendable {
  var offset = 0
  var length = 0
  var rows = 0
  /// The first value as JSON; for people and for skipping.
  var first: [UInt8] = Array("null".utf8)
  var crc: UInt32 = 0
}

extension Column {
  /// The parts in the order in which they are written.
  func parts(prefix: String = "") -> [Part] {
    let values = prefix + "values"
    switch storage {
    case .number(let numbers), .duration(let numbers):
      return [Part(name: values, values: .numbers(numbers), present: present)]
    case .yesno(let flags):
      return [Part(name: values, values: .flags(flags), present: present)]
    case .date(let days):
      return [Part(name: values, values: .small(days, isDelta: true), present: present)]
    case .time(let instants):
      return [Part(name: values, values: .integers(instants, isDelta: true), present: present)]
    case .reference(let rows, _):
      return [
        Part(
          name: values, values: .small(rows, isDelta: false),
          present: present ?? rows.mask(without: -1))
      ]
    case .text(let codes, let dictionary):
      return [
        Part(name: prefix + "texts", values: .texts(dictionary.entries), present: nil),
        Part(name: values, values: .small(codes, isDelta: false), present: present),
      ]
    case .list(let offsets, let elements):
      return [Part(name: prefix + "lengths", values: .lengths(offsets: offsets), present: present)]
        + elements.parts(prefix: prefix + "element.")
    }
  }
}

extension Part {
  /// One block as a JSON array.
  func encoded(_ range: Range<Int>) throws(JSONError) -> [UInt8] {
    let plain: [UInt8]? =
      switch values {
      case .numbers(let values): NumberLines.line(values, range, present)
      case .flags(let values): NumberLines.line(values, range, present)
      case .small(let values, let isDelta): NumberLines.line(values, range, present, isDelta: isDelta)
      case .integers(let values, let isDelta): NumberLines.line(values, range, present, isDelta: isDelta)
      default: nil
      }
    if let plain { return plain }
    var end = range.upperBound
    if let present { while end > range.lowerBound, present[end - 1] == 0 { end -= 1 } }
    var writer = JSONWriter(reserving: range.count * 4)
    writer.beginArray()
    write(range.lowerBound..<end, into: &writer)
    writer.endArray()
    return try writer.finish()
  }

  private func write(_ range: Range<Int>, into writer: inout JSONWriter) {
    func isThere(_ index: Int) -> Bool { present.map { $0[index] != 0 } ?? true }
    func integers(_ values: some RandomAccessCollection<Int64>, isDelta: Bool = false) {
      var previous: Int64 = 0
      for (index, value) in zip(range, values) {
        guard isThere(index) else {
          writer.null()
          continue
        }
        writer.integer(isDelta ? value &- previous : value)
        previous = value
      }
    }
    switch values {
    case .numbers(let values):
      for (index, value) in zip(range, values.slab(range).array) {
        if isThere(index) { writer.double(value, compact: true) } else { writer.null() }
      }
    case .flags(let values): integers(values[range].map { Int64($0) })
    case .small(let values, let isDelta): integers(values.slab(range).array.lazy.map { Int64($0) }, isDelta: isDelta)
    case .integers(let values, let isDelta): integers(values.slab(range).array, isDelta: isDelta)
    case .lengths(let offsets): integers(range.lazy.map { Int64(offsets[$0 + 1]) - Int64(offsets[$0]) })
    case .texts(let values):
      for index in range {
        if isThere(index) { writer.string(values[index]) } else { writer.null() }
      }
    case .keys(let keys, let runs, let serials):
      for serial in serials.slab(range).array {
        if keys.hasText(serial), !runs.contains(where: { $0.serials.contains(serial) }) {
          writer.string(keys.text(serial))
        } else {
          writer.null()
        }
      }
    case .fingerprints(let values, let serials):
      for serial in serials.slab(range).array {
        let value = values.indices.contains(Int(serial)) ? values[Int(serial)] : 0
        if value != 0 { writer.integer(Int64(bitPattern: value)) } else { writer.null() }
      }
    }
  }

  func first(_ range: Range<Int>) -> [UInt8] {
    var writer = JSONWriter()
    switch values {
    case .texts, .keys: writer.null()
    // The first stands as it is, whatever comes before it.
    default: if range.isEmpty { writer.null() } else { write(range.lowerBound..<range.lowerBound + 1, into: &writer) }
    }
    return writer.take()
  }
}

/// The words of the store's file.
///
/// Codes: E3201 not a store · E3202 a newer format · E3203 damaged · E3204 opened for reading ·
/// E3211 a time zone that this machine does not know.
enum SnapshotDiagnostics {
  static func notAStore(_ path: String) -> Diagnostic {
    Diagnostic(
      "E3201", .error, "'\(path)' is not a Peyvand store",
      notes: ["a store is begun by naming a file that does not exist; other files are read with `import`"])
  }

  static func newer(_ path: String, version: Int, known: Int = SnapshotFormat.version) -> Diagnostic {
    Diagnostic(
      "E3202", .error,
      "'\(path)' was written in format \(version); this program knows formats up to \(known)",
      notes: ["nothing was changed; open it with a newer program"])
  }

  static func damaged(_ path: String, byte: Int, _ what: String) -> Diagnostic {
    Diagnostic(
      "E3203", .error, "'\(path)' is damaged at byte \(byte): \(what)",
      notes: [
        "nothing was changed",
        "to see what can be kept: peyvand doctor \(path); to mend it, originals kept: peyvand doctor --repair \(path)",
      ])
  }

  static func noZone(_ path: String, _ zone: String, _ reason: String?) -> Diagnostic {
    Diagnostic(
      "E3211", .error,
      "'\(path)' counts its time in the zone `\(zone)`, "
        + (reason.map { "and \($0)" } ?? "which this machine does not know"),
      notes: [
        "nothing was changed; install the system's time zone data (`tzdata`), or name its folder: TZDIR=/usr/share/zoneinfo"
      ])
  }

  static func readOnly(_ path: String, because why: Diagnostic?) -> Diagnostic {
    guard let why else { return Diagnostic("E3204", .error, "'\(path)' was opened for reading only") }
    return Diagnostic("E3204", .error, "'\(path)' was opened for reading only: \(why.message)", notes: why.notes)
  }

  static func interrupted(_ path: String) -> Diagnostic {
    Diagnostic("E1501", .error, "stopped: `\(path)` was not saved and is as it was")
  }

  static func notWritable(_ path: String, _ error: JSONError) -> Diagnostic {
    Diagnostic("E3107", .error, "'\(path)' cannot be written: \(error.message)")
  }
}
