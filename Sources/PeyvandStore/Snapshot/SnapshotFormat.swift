import PeyvandBase
import PeyvandData

/// The shape of a store's file, in one place for its writer and its reader.
///
///     {
///     "header": {"format":"peyvand","version":2,"id":"…","generation":7,"journal":true,"data_at":…,"size":…,
///                "head_crc32c":"…","crc32c":"…"},
///     "catalogue": {…}, "settings": {…}, "definitions": […],
///     "directory": […],
///     "data": {"customer": {"records": {…}, "fields": {"name": {"texts": [[…],…], "values": [[…],…]}, …}}, …}
///     }
///
/// `journal` says whether `NAME.json.journal` belongs to it: with `true` the store is the two files together, with
/// `false` the snapshot is all of it. Version 1 had no journal and no such member.
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
/// `null` is a missing value. Records have `serial` (the order in which they were recorded; left out where it
/// is that of the rows), `key` (null: the serial from 1) and `fingerprint`.
enum SnapshotFormat {
  static let name = "peyvand"
  static let version = 2
  /// Values a block.
  static let blockSize = 65_536
}

/// The values of one part of a column, as they are written.
enum PartValues: Sendable {
  case numbers([Double])
  /// With `isDelta`: each less the one before it in its block.
  case integers([Int64], isDelta: Bool)
  case texts([String])

  var count: Int {
    switch self {
    case .numbers(let values): values.count
    case .integers(let values, _): values.count
    case .texts(let values): values.count
    }
  }
}

struct Part: Sendable {
  var name: String
  var values: PartValues
  /// 0 where a value is missing; nil where none is.
  var present: [UInt8]?
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
      return [Part(name: values, values: .integers(flags.map { Int64($0) }, isDelta: false), present: present)]
    case .date(let days):
      return [Part(name: values, values: .integers(days.map { Int64($0) }, isDelta: true), present: present)]
    case .time(let instants):
      return [Part(name: values, values: .integers(instants, isDelta: true), present: present)]
    case .reference(let rows, _):
      let mask = present ?? (rows.contains(-1) ? rows.map { $0 < 0 ? 0 : 1 } : nil)
      return [Part(name: values, values: .integers(rows.map { Int64($0) }, isDelta: false), present: mask)]
    case .text(let codes, let dictionary):
      return [
        Part(name: prefix + "texts", values: .texts(dictionary.entries), present: nil),
        Part(name: values, values: .integers(codes.map { Int64($0) }, isDelta: false), present: present),
      ]
    case .list(let offsets, let elements):
      let lengths = zip(offsets, offsets.dropFirst()).map { Int64($1) - Int64($0) }
      return [Part(name: prefix + "lengths", values: .integers(lengths, isDelta: false), present: present)]
        + elements.parts(prefix: prefix + "element.")
    }
  }
}

extension Part {
  /// One block as a JSON array.
  func encoded(_ range: Range<Int>, into writer: inout JSONWriter) {
    func isThere(_ index: Int) -> Bool { present.map { $0[index] != 0 } ?? true }
    writer.beginArray()
    switch values {
    case .numbers(let values):
      for index in range {
        if isThere(index) { writer.double(values[index], compact: true) } else { writer.null() }
      }
    case .integers(let values, let isDelta):
      var previous: Int64 = 0
      for index in range {
        guard isThere(index) else {
          writer.null()
          continue
        }
        writer.integer(isDelta ? values[index] &- previous : values[index])
        previous = values[index]
      }
    case .texts(let values):
      for index in range {
        if isThere(index) { writer.string(values[index]) } else { writer.null() }
      }
    }
    writer.endArray()
  }

  func first(_ range: Range<Int>) -> [UInt8] {
    var writer = JSONWriter()
    let index = range.lowerBound
    let isThere = !range.isEmpty && (present.map { $0[index] != 0 } ?? true)
    switch values {
    case .numbers(let values) where isThere: writer.double(values[index], compact: true)
    case .integers(let values, _) where isThere: writer.integer(values[index])
    default: writer.null()
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
