import PeyvandBase

/// Text of elements, gathered; Excel writes characters that XML cannot hold as `_x000D_`.
struct XMLText {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ more: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: more) }
  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// The bytes with `_xHHHH_` read.
  var plain: [UInt8] {
    guard bytes.count >= 7, bytes.contains(UInt8(ascii: "_")) else { return bytes }
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "_"), at + 6 < bytes.count, bytes[at + 1] == UInt8(ascii: "x"),
        bytes[at + 6] == UInt8(ascii: "_"), let digits = String(validating: bytes[at + 2..<at + 6], as: UTF8.self),
        let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
      {
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
        at += 7
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return result
  }
}

/// `xl/workbook.xml`: the sheets in their order, and from when days are counted.
final class WorkbookVisitor: XMLVisitor {
  struct Sheet {
    var name: String
    var relation: String
    var isHidden: Bool
  }
  private(set) var sheets: [Sheet] = []
  private(set) var from1904 = false

  override func begin(_ name: XMLName, _ attributes: XMLAttributes) {
    if name == "sheet" {
      guard sheets.count < 10_000 else { return }
      let state = attributes["state"]
      sheets.append(
        Sheet(
          name: attributes["name"] ?? "", relation: attributes["id"] ?? "",
          isHidden: state == "hidden" || state == "veryHidden"))
    } else if name == "workbookPr" {
      from1904 = attributes.isTrue("date1904")
    }
  }
}

/// `….rels`: which part stands for which name.
final class RelationVisitor: XMLVisitor {
  struct Relation {
    var type: String
    var target: String
  }
  private(set) var relations: [String: Relation] = [:]
  private(set) var inOrder: [Relation] = []

  override func begin(_ name: XMLName, _ attributes: XMLAttributes) {
    guard name == "Relationship", attributes["TargetMode"] != "External", let id = attributes["Id"],
      let target = attributes["Target"], inOrder.count < 20_000
    else { return }
    let type = attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
    let relation = Relation(type: type, target: target)
    relations[id] = relation
    inOrder.append(relation)
  }
}

/// `xl/styles.xml`: what the numbers of cells mean, by their style.
final class StyleVisitor: XMLVisitor {
  private var formats: [Int: NumberMeaning] = [:]
  private var isInside = false
  private(set) var meanings: [NumberMeaning] = []

  override func begin(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      guard let id = attributes["numFmtId"].flatMap({ Int($0) }), let code = attributes["formatCode"],
        formats.count < 100_000
      else { return }
      formats[id] = NumberMeaning(format: code)
    case "cellXfs": isInside = true
    case "xf" where isInside:
      guard meanings.count < 1_000_000 else { return }
      let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
      meanings.append(formats[id] ?? NumberMeaning.builtIn(id) ?? .number)
    default: break
    }
  }

  override func end(_ name: XMLName) {
    if name == "cellXfs" { isInside = false }
  }
}

/// `xl/sharedStrings.xml`: the texts of cells, each once.
final class StringVisitor: XMLVisitor {
  private var arena: [UInt8] = []
  private var ends: [Int] = []
  private var text = XMLText()
  private var isText = false
  private var isPhonetic = false

  var count: Int { ends.count }

  /// The bytes of a text; nil where there is none of that number.
  subscript(_ index: Int) -> ArraySlice<UInt8>? {
    guard ends.indices.contains(index) else { return nil }
    return arena[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  override func begin(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "si": text.clear()
    case "rPh": isPhonetic = true
    case "t": isText = !isPhonetic
    default: break
    }
  }

  override func end(_ name: XMLName) {
    switch name {
    case "t": isText = false
    case "rPh": isPhonetic = false
    case "si":
      arena.append(contentsOf: text.plain)
      ends.append(arena.count)
    default: break
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isText { text.append(bytes) }
  }
}
