import PeyvandBase

/// The cells of a sheet as XML.
struct WorkbookXML {
  /// How a cell is shown; its raw value is its place in the workbook's styles.
  enum Style: Int, CaseIterable { case plain, header, share, day, time, elapsed, days, clock }

  private(set) var bytes: [UInt8] = []

  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func number(_ number: Double, at reference: String, style: Style) {
    raw("<c r=\"\(reference)\"\(Self.attribute(style))><v>\(NumberText.shortest(number))</v></c>")
  }

  mutating func truth(_ truth: Bool, at reference: String) {
    raw("<c r=\"\(reference)\" t=\"b\"><v>\(truth ? 1 : 0)</v></c>")
  }

  /// A text as it is: never a formula.
  /// - Throws: E1228 where it is longer than a cell holds.
  mutating func text(_ text: String, at reference: String, style: Style) throws(Diagnostic) {
    guard text.utf16.count <= Workbook.mostCharacters else {
      throw RenderDiagnostics.noRoom(
        "the text of cell \(reference), which has \(text.utf16.count) characters", "\(Workbook.mostCharacters) a cell")
    }
    raw("<c r=\"\(reference)\"\(Self.attribute(style)) t=\"inlineStr\"><is><t xml:space=\"preserve\">")
    raw(Self.escaped(text))
    raw("</t></is></c>")
  }

  private static func attribute(_ style: Style) -> String { style == .plain ? "" : " s=\"\(style.rawValue)\"" }

  /// Text for XML; what XML cannot hold as `_x001B_`, and what only looks so too (ECMA-376, 22.9.2.19).
  static func escaped(_ text: String) -> String {
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "_" where isEscape(rest.prefix(6)): result += "_x005F_"
      default:
        if scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "_x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isEscape(_ next: Substring.UnicodeScalarView) -> Bool {
    let signs = Array(next)
    return signs.count == 6 && signs[0] == "x" && signs[5] == "_"
      && signs[1...4].allSatisfy { $0.properties.isASCIIHexDigit }
  }
}
