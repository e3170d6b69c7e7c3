import PeyvandStdlib

/// The pages of the errors' codes: cause, example, remedy.
///
/// They are Markdown in `docs/errors`, a file a code, so that they are read in the repository, in a browser and at the
/// prompt alike, and so that a test can run what they show. Here one is made plain for a terminal.
///
/// E1 is the program, E2 the data, E3 a file or another source, W4 the meaning. A code never changes its meaning.
extension Help {
  /// The codes that have a page, in their order.
  public static let codes = ErrorPages.pages.keys.sorted()

  /// Whether an error's code has a page.
  public static func explains(code: String) -> Bool { ErrorPages.pages[code] != nil }

  /// The page of a code as a terminal shows it; nil where there is none.
  static func page(ofCode word: String) -> String? {
    ErrorPages.pages[word.uppercased()].map { plain($0[...]) }
  }

  /// Markdown as a terminal shows it: titles without their marks, blocks indented, no emphasis, no two blank lines.
  static func plain(_ page: Substring) -> String {
    var lines: [String] = []
    var isInside = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if !isInside, let caption = caption(line.dropFirst(3)) { lines.append("    " + caption) }
        isInside = !isInside
      } else if isInside {
        lines.append(line.isEmpty ? "" : "    " + line)
      } else if line.hasPrefix("#") {
        lines.append(String(line.drop { $0 == "#" || $0 == " " }))
      } else if !(line.isEmpty && lines.last?.isEmpty == true) {
        let text = line.hasPrefix(notRun) ? line.dropFirst(notRun.count) : line
        lines.append(text.split(separator: "**", omittingEmptySubsequences: false).joined())
      }
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  private static let notRun = "*Not run.* "

  /// What stands above a block: the file that it is, or the flags that the program is run with.
  private static func caption(_ mark: Substring) -> String? {
    guard let blank = mark.firstIndex(of: " ") else { return mark == "store" ? "company.json:" : nil }
    let rest = mark[mark.index(after: blank)...]
    return mark[..<blank] == "peyvand" ? "peyvand run … \(rest)" : "\(rest):"
  }
}
