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
    isOwn: Bool, _ syntax: ImportSyntax, _ origin: Origin
  ) throws(Diagnostics) -> Diagnostic? {
    guard var target, !attempt.rejected.isEmpty else { return nil }
    // What the program itself or its command line chose is not for a map to be allowed, and lies where they say.
    let writer = isOwn || isTarget(target) ? Origin.typed : origin
    let (leave, folder) = (leave(writer), folder(writer))
    let (reading, home) = (self.leave(origin), self.folder(origin))
    target = free(target, leave, folder)
    let place =
      syntax.options?.entries.first { nameKey($0.name.text) == "rejects_to" }?.value.range ?? syntax.file.range
    do throws(Diagnostics) {
      let (rejected, count, target) = (attempt.rejected, attempt.rejected.count, target)
      try attended { (interruption) throws(Diagnostics) in
        do {
          let resolved = try leave.resolveForWriting(target, base: folder)
          if let source = try? reading.resolveForReading(path, base: home), source.utf8.elementsEqual(resolved.utf8) {
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
      if let resolved = try? leave.resolveForWriting(target, base: folder) { rejectsWritten.insert(resolved) }
      return ImportDiagnostics.rejectsWritten(count, to: target)
    } catch {
      throw Diagnostics(error.all.map { placed($0, place) })
    }
  }

  /// Whether it is what `--rejects` named, or lies in the folder that it named.
  private func isTarget(_ path: String) -> Bool {
    guard let named = options.rejectsTarget.map(Self.fromHere) else { return false }
    return path == named || FilePath.folder(of: path) == named
  }

  /// From the current folder, whatever the folder of a map is; as it is where that cannot be told.
  static func fromHere(_ path: String) -> String {
    (try? FilePath.absolute(path, base: nil)).map(FilePath.withoutDots) ?? path
  }

  /// `x.rejects-2.csv` where this command has written `x.rejects.csv` already, for another file of that name.
  private func free(_ target: String, _ leave: FileLeave, _ folder: String?) -> String {
    guard options.rejectsFolder != nil || options.rejectsTarget != nil else { return target }
    func isTaken(_ path: String) -> Bool {
      (try? leave.resolveForWriting(path, base: folder)).map(rejectsWritten.contains) ?? false
    }
    guard isTaken(target) else { return target }
    let end = target.hasSuffix(".csv") ? ".csv" : ""
    let stem = target.dropLast(end.count)
    var number = 2
    while isTaken("\(stem)-\(number)\(end)") { number += 1 }
    return "\(stem)-\(number)\(end)"
  }
}
