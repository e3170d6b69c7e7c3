import PeyvandBase
import PeyvandFiles
import PeyvandImport
import PeyvandSyntax

/// The file of rejected rows, where one is asked for.
extension Session {
  /// Writes what was rejected, whether the rest may stand or not: it is the list of what to mend.
  /// - Returns: a remark that says so; nothing where no row was rejected.
  /// - Throws: E2281 where that would overwrite the file itself, E3003 and other refusals to write.
  func writeRejects(
    _ attempt: Importer.Attempt, of table: any ImportTable, from path: String, to target: String?,
    _ syntax: ImportSyntax, _ origin: Origin
  ) throws(Diagnostics) -> Diagnostic? {
    guard let target, !attempt.rejected.isEmpty else { return nil }
    let (leave, folder) = (leave(origin), folder(origin))
    let place =
      syntax.options?.entries.first { nameKey($0.name.text) == "rejects_to" }?.value.range ?? syntax.file.range
    do throws(Diagnostics) {
      let (rejected, count) = (attempt.rejected, attempt.rejected.count)
      try attended { (interruption) throws(Diagnostics) in
        do {
          let resolved = try leave.resolveForWriting(target, base: folder)
          if let source = try? leave.resolveForReading(path, base: folder), source.utf8.elementsEqual(resolved.utf8) {
            throw ImportDiagnostics.rejectsOverSource(target)
          }
          let file = try AtomicFile(target, base: folder, leave: leave, purpose: .confidential)
          try RejectsFile.write(rejected, of: table, interruption: interruption) { (bytes) throws(Diagnostics) in
            do throws(Diagnostic) { try file.write(bytes) } catch { throw Diagnostics(error) }
          }
          try file.commit { interruption.begin() }
        } catch let error as Diagnostic {
          throw Diagnostics(error)
        } catch let error as Diagnostics {
          throw error
        } catch {
          throw Diagnostics([])
        }
      }
      return ImportDiagnostics.rejectsWritten(count, to: target)
    } catch {
      throw Diagnostics(error.all.map { placed($0, place) })
    }
  }
}
