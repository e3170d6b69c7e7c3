/// Text inside SVG and HTML.
///
/// What comes from data is never taken for a tag, and never makes a document that a reader of XML refuses: characters
/// that XML does not know are shown as U+FFFD. Signs that turn the direction of the text about are left out; which way
/// a text runs is said by the element that it stands in.
enum Markup {
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result += " "
      default:
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
        case 0x202A...0x202E, 0x2066...0x2069: break
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  /// A text that runs from left to right, names in it that run the other way parted from what stands about them, so that
  /// a number beside such a name stays a number.
  static func isolated(_ text: String) -> String {
    guard !isRightToLeft(text) else { return escaped(text) }
    var result = ""
    var run = ""
    var gap = ""
    for character in text {
      if isRightToLeft(String(character)) {
        run += gap + String(character)
        gap = ""
      } else if !run.isEmpty, character == " " || character == "\u{200C}" {
        gap.append(character)
      } else {
        if !run.isEmpty { result += "<bdi>" + escaped(run) + "</bdi>" }
        result += escaped(gap + String(character))
        (run, gap) = ("", "")
      }
    }
    return result + (run.isEmpty ? "" : "<bdi>" + escaped(run) + "</bdi>") + escaped(gap)
  }

  /// Whether the first letter that has a direction runs from right to left (the rule of Unicode's bidirectional
  /// algorithm, P2).
  static func isRightToLeft(_ text: String) -> Bool {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0660...0x0669, 0x06F0...0x06F9: continue
      case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return true
      default: if scalar.properties.isAlphabetic { return false }
      }
    }
    return false
  }
}
