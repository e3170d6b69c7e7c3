import Glibc
import Peyvand
import PeyvandBase
import PeyvandFiles

/// What the commands share: opening a session, reading a program, running it.
enum Launch {
  /// Opens a session, does the work in it, and ends the output.
  static func withSession(
    _ options: Session.Options, _ output: Output, _ interrupts: Interrupts, endsOnSecond: Bool,
    _ work: (Session) -> Status
  ) -> Status {
    do {
      let session = try Session(options: options)
      output.say(session.notices, of: session)
      interrupts.phase = .running(options.interruption, endsOnSecond: endsOnSecond)
      let status = work(session)
      do throws(Diagnostics) { try session.leave() } catch {
        // All that was said is in the journal; only the snapshot is for another time.
        output.say(error.all, of: session)
      }
      return output.end(status)
    } catch let error as Diagnostics {
      output.say(error.all, of: nil)
      return output.end(openingStatus(error.all))
    } catch let error as Diagnostic {
      output.say([error], of: nil)
      return output.end(openingStatus([error]))
    } catch {
      output.say("peyvand: the store could not be opened\n")
      return output.end(.source)
    }
  }

  /// An option that cannot be read is a matter of usage, not of the program.
  private static func openingStatus(_ diagnostics: [Diagnostic]) -> Status {
    let status = Status(diagnostics)
    return status == .program ? .usage : status
  }

  static func run(
    _ text: String, name: String, origin: Session.Origin, in session: Session, _ output: Output
  ) -> Status {
    var shown = Status.fine
    let status = session.run(text, name: name, origin: origin) { shown = shown.then(output.show($0, of: session)) }
    return status.then(shown)
  }

  /// A program's text, from a file or from standard input.
  static func readProgram(_ path: String, _ limits: Limits) throws(Diagnostic) -> String {
    guard path == "-" else { return try FileLeave.everything.readText(path, limit: limits.programBytes) }
    return try StandardStreams.readInput(limit: limits.programBytes).text(named: name(of: path))
  }

  static func name(of path: String) -> String { path == "-" ? "standard input" : path }

  /// A script reads below the folder it lies in; one from standard input below the current one.
  static func origin(of path: String) -> Session.Origin {
    let folder = path == "-" ? "." : FilePath.folder(of: path)
    return .script(folder: folder.isEmpty ? "." : folder)
  }

  /// A program that is no text is an error in the program; one that cannot be read is a source out of reach.
  static func status(ofReading diagnostic: Diagnostic) -> Status {
    diagnostic.code == "E3008" ? .program : Status([diagnostic])
  }
}
