import PeyvandBase

/// What rendering can refuse, and its words.
package enum RenderDiagnostics {
  static func twoColumnsOfOneName(_ name: String) -> Diagnostic {
    Diagnostic(
      "E1216", .error, "two columns are called `\(name)`, and JSON keeps a row's cells by name",
      notes: ["give one of them another name with `as`: `select … as other_name`"])
  }

  static func notAMap(_ format: String) -> Diagnostic {
    Diagnostic(
      "E1229", .error, "`--format \(format)` draws maps, and this is none",
      notes: ["`map` and `map customer \"C-1\"` are maps; for other answers choose table, csv, json or markdown"])
  }

  static func notAChart() -> Diagnostic {
    Diagnostic(
      "E1239", .error, "SVG is for charts, and this is none",
      notes: ["end the question with a chart: `purchase | count by month | chart line`"])
  }

  package static func secondPicture() -> Diagnostic {
    Diagnostic(
      "E1240", .error, "an SVG is one picture, and there is one already",
      notes: [
        "put each chart into a file of its own: `export (… | chart line) to \"sold.svg\"`",
        "`--format html` shows all of them on one page",
      ])
  }

  static func noRoom(_ what: String, _ room: String) -> Diagnostic {
    Diagnostic(
      "E1228", .error, "a workbook has no room for \(what): a sheet holds \(room)",
      notes: ["take fewer with `| take n`, or export to a `.csv` file"])
  }
}
