/// A text made safe to print: what a terminal would obey is shown instead, as `\u{1b}`.
///
/// Names and values come from files that strangers wrote; printed raw, they could move the cursor, rewrite a line
/// already read, or fill the clipboard. So C0 controls, DEL, C1 controls and the marks that turn the direction of
/// text (U+202A–E, U+2066–9) are written out. The joiners stay: Persian is written with them. Escaping is for
/// showing, never for storing.
///
/// With `keepingLayout`, newline and tab stay, where the caller's layout wants them.
package func escapedForTerminal(_ text: String, keepingLayout: Bool = false) -> String {
  func isObeyed(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A: !keepingLayout
    case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
  guard text.unicodeScalars.contains(where: { isObeyed($0.value) }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isObeyed(scalar.value) {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
