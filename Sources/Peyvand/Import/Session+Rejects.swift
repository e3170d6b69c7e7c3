import PeyvandBase
import PeyvandFiles
import PeyvandImport
import PeyvandSyntax

/// The file of rejected rows, where one is asked for.
extension Session {
  /// Writes what was rejected, whether the rest may stand or not: it is the list of what to mend.
  ///
  /// A file that is there is not written over, since somebody may be mending it: the next one has a number. Where it
  /// holds the very same already, it stays as it is.
  /// - Returns: a remark that says so; nothing where no row was rejected.
  /// - Throws: E2281 where that would overwrite the file itself, E3003 and other refusals to write.
  func writeRejects(
    _ attempt: Importer.Attempt, of table: any ImportTable, from path: String, to target: String?,
    isOwn: Bool, _ syntax: ImportSyntax, _ origin: Origin
  ) throws(Diagnostics) -> Diagnostic? {
    guard let target, !attempt.rejected.isEmpty else { return nil }
    // What the program itself or its command line chose is not for a map to be allowed, and lies where they say.
    let writer = isOwn || isTarget(target) ? Origin.typed : origin
    let (leave, folder) = (leave(writer), folder(writer))
    let (reading, home) = (self.leave(origin), self.folder(origin))
    let place =
      syntax.options?.entries.first { nameKey($0.name.text) == "rejects_to" }?.value.range ?? syntax.file.range
    do throws(Diagnostics) {
      let (rejected, count, taken) = (attempt.rejected, attempt.rejected.count, rejectsWritten)
      let written = try attended { (interruption) throws(Diagnostics) in
        func rows(_ take: ([UInt8]) throws(Diagnostic) -> Void) throws(Diagnostics) {
          try RejectsFile.write(rejected, of: table, interruption: interruption) { (bytes) throws(Diagnostics) in
            do throws(Diagnostic) { try take(bytes) } catch { throw Diagnostics(error) }
          }
        }
        do {
          if let source = try? reading.resolveForReading(path, base: home),
            source.utf8.elementsEqual(try leave.resolveForWriting(target, base: folder).utf8)
          {
            throw ImportDiagnostics.rejectsOverSource(target)
          }
          for number in 1...Limits.Fixed.rejectsFiles {
            let name = Self.numbered(target, number)
            let resolved = try leave.resolveForWriting(name, base: folder)
            guard !taken.contains(resolved) else { continue }
            if (try? FileLeave.everything.resolveForReading(resolved)) != nil {
              let comparison = try FileComparison(resolved, leave: .everything)
              try rows { (bytes) throws(Diagnostic) in try comparison.take(bytes) }
              guard comparison.isEqual else { continue }
              return (name: name, path: resolved)
            }
            let file = try AtomicFile(name, base: folder, leave: leave, purpose: .confidential)
            try rows { (bytes) throws(Diagnostic) in try file.write(bytes) }
            try file.commit { interruption.begin() }
            return (name: name, path: resolved)
          }
          throw ImportDiagnostics.tooManyRejectsFiles(target)
        } catch let error as Diagnostic {
          throw Diagnostics(error)
        } catch let error as Diagnostics {
          throw error
        } catch {
          throw Diagnostics([])
        }
      }
      rejectsWritten.insert(written.path)
      return ImportDiagnostics.rejectsWritten(count, to: written.name)
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

  /// `x.rejects-2.csv` where `x.rejects.csv` is there already.
  private static func numbered(_ target: String, _ number: Int) -> String {
    guard number > 1 else { return target }
    let end = target.hasSuffix(".csv") ? ".csv" : ""
    return "\(target.dropLast(end.count))-\(number)\(end)"
  }
}
