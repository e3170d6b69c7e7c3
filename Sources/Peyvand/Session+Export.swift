import PeyvandBase
import PeyvandCheck
import PeyvandData
import PeyvandEval
import PeyvandFiles
import PeyvandRender

/// How an exported file is written.
enum ExportForm {
  case text(OutputFormat)
  /// An Excel workbook.
  case workbook

  /// By what a file's name ends in.
  static let endings: [(ending: String, form: ExportForm)] = [
    (".csv", .text(.csv)), (".xlsx", .workbook), (".tsv", .text(.tsv)), (".json", .text(.json)),
    (".jsonl", .text(.jsonl)), (".md", .text(.markdown)),
    (".html", .text(.html)), (".svg", .text(.svg)),
  ]

  /// - Parameter isRaw: texts of CSV and TSV as they are, also those that a spreadsheet would run.
  func bytes(_ answer: Answer, _ catalogue: Catalogue, isRaw: Bool) throws(Diagnostic) -> [UInt8] {
    switch self {
    case .text(let format):
      var options = AnswerRenderer.Options(format: format, isRaw: isRaw)
      options.isFile = true
      let renderer = AnswerRenderer(catalogue: catalogue, options: options)
      let output = try renderer.render(answer).output
      return Array((format == .html ? HTMLPage.head + output + HTMLPage.end : output).utf8)
    case .workbook:
      return try AnswerRenderer(catalogue: catalogue, options: .init(format: .csv)).workbook(answer)
    }
  }
}

/// Data out: the statement `export`.
extension Session {
  /// Writes an answer's table, whole or not at all, in the form that the file's name ends in.
  func export(_ query: CheckedQuery, to path: CheckedExpression, origin: Origin, emit: (Outcome) -> Void)
    throws(Diagnostics)
  {
    guard case .text(let name) = try evaluator().value(path) else { return }
    guard let form = ExportForm.endings.first(where: { name.lowercased().hasSuffix($0.ending) })?.form else {
      throw Diagnostics(
        SessionDiagnostics.exportEnding(name, ExportForm.endings.map(\.ending), at: path.range))
    }
    let answer = try timed { (evaluator) throws(Diagnostics) in try evaluator.answer(query) }
    let begun = ContinuousClock.now
    do throws(Diagnostics) { try write(answer, to: name, as: form, origin) } catch {
      throw Diagnostics(error.all.map { placed($0, path.range) })
    }
    note("write", since: begun)
    let rows = AnswerRenderer.table(of: answer).rowCount
    emit(.answer(Answer(.done("\(rows) \(rows == 1 ? "row" : "rows") written to \(name)"), receipt: answer.receipt)))
    tellTime(emit)
  }

  /// Writes an answer's table in the place of a file; ^C and the limit of time leave what stood there.
  func write(_ answer: Answer, to name: String, as form: ExportForm, _ origin: Origin) throws(Diagnostics) {
    let (folder, leave, catalogue, isRaw) = (folder(origin), leave(origin), catalogue, options.isRaw)
    try attended { (interruption) throws(Diagnostics) in
      do throws(Diagnostic) {
        let bytes = try form.bytes(answer, catalogue, isRaw: isRaw)
        if interruption.isInterrupted { throw SessionDiagnostics.notWritten(name) }
        let file = try AtomicFile(name, base: folder, leave: leave, purpose: .export)
        // A piece at a time: a file that is given up is removed at once, before the process may end.
        var rest = bytes[...]
        while !rest.isEmpty {
          if interruption.isInterrupted { throw SessionDiagnostics.notWritten(name) }
          try file.write(Array(rest.prefix(Self.pieceBytes)))
          rest = rest.dropFirst(Self.pieceBytes)
        }
        guard interruption.begin() else { throw SessionDiagnostics.notWritten(name) }
        try file.commit()
      } catch {
        throw Diagnostics(error)
      }
    }
  }

  private static let pieceBytes = 1 << 20
}
