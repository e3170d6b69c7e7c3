import ArgumentParser
import Glibc
import Peyvand
import PeyvandBase
import PeyvandData
import PeyvandFiles
import PeyvandRender

/// `peyvand import FILE…`: finds out what the files are, shows what it would do, and does it.
struct ImportCommand: StatusCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take in the files of other tools.",
    usage: "peyvand import FILE… [--store STORE.json] [--preview|--yes] [options]",
    discussion: """
      Rows with a known key change what is there; the same file again changes nothing. `peyvand imports` lists what was \
      imported, and --undo takes one back. At a terminal it shows what was found out and asks; --preview only shows, and \
      so it does without a store; --yes only imports. A FILE that other \
      FILEs refer to may stand anywhere among them. Exit codes: 0 imported, 6 imported with rejected rows within the \
      share allowed, 4 nothing imported because of rejected rows above it; --preview ends with what an import would. Several files are imported \
      together: all of them, or none.
      """)

  @Argument(help: ArgumentHelp("The files, or addresses of databases: postgres://user@host/name.", valueName: "FILE"))
  var files: [String] = []

  @Option(help: ArgumentHelp("The store; begun where it does not exist.", valueName: "STORE.json"))
  var store: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The kind of the records, such as customer, or \"event visit\" for a new one.", valueName: "KIND"))
  var kind: String?

  @Option(help: ArgumentHelp("The column that names each record.", valueName: "COLUMN"))
  var key: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take import N back: what it added goes, what it changed is as it was.", valueName: "N"))
  var undo: Int?

  @Flag(help: "Show what would be done and touch nothing.")
  var preview = false

  @Flag(help: "Import without asking.")
  var yes = false

  @Option(help: ArgumentHelp("Run the statements of this file over the files given.", valueName: "FILE.pvd"))
  var map: String?

  @Option(help: ArgumentHelp("Write the statements to this file.", valueName: "FILE.pvd"))
  var saveMap: String?

  @Option(help: ArgumentHelp("The tool the files come from; none: find the columns out.", valueName: "NAME"))
  var recipe: String?

  @Option(help: ArgumentHelp("The share of rows that may be left out, such as 1%.", valueName: "SHARE"))
  var allowRejects: String?

  @Option(
    help: ArgumentHelp(
      "Where rejected rows are written; by itself NAME.rejects.csv beside the store.", valueName: "FILE"))
  var rejects: String?

  @Flag(help: "Read values that differ from a key in case or blanks alone as that key.")
  var mend = false

  @Flag(help: "Columns that a known kind has no field for become fields of it.")
  var addFields = false

  @OptionGroup var reading: ReadingArguments
  @OptionGroup var session: SessionArguments
  @OptionGroup var format: OutputArguments

  mutating func validate() throws {
    if let undo {
      guard files.isEmpty else { throw ValidationError("--undo takes an import back and reads no files.") }
      guard undo > 0 else { throw ValidationError("--undo wants the number of an import; this was '\(undo)'.") }
      let importing = [
        ("preview", preview), ("yes", yes), ("as", kind != nil), ("map", map != nil), ("recipe", recipe != nil),
        ("key", key != nil), ("save-map", saveMap != nil), ("allow-rejects", allowRejects != nil),
        ("rejects", rejects != nil), ("mend", mend), ("add-fields", addFields),
      ]
      // Taken back is taken back at once: nothing that asks for less may be passed over.
      if let flag = importing.first(where: \.1)?.0 ?? reading.given.first {
        throw ValidationError("--undo takes an import back; --\(flag) goes without it.")
      }
      guard store != nil else { throw ValidationError("--undo N wants the store: --store STORE.json.") }
    } else if files.isEmpty {
      throw ValidationError("peyvand import wants a file.")
    }
    if preview, yes { throw ValidationError("--preview shows and --yes imports: one of them.") }
    if yes, store == nil { throw ValidationError("--yes needs a store to import into: --store company.json.") }
    if map != nil, kind != nil || key != nil || recipe != nil {
      throw ValidationError("--map says the kind, the key and the columns; --as, --key and --recipe go without it.")
    }
    if addFields, map != nil { throw ValidationError("--map says the columns; --add-fields goes without it.") }
    if addFields, recipe.map({ $0.lowercased() != "none" }) ?? false {
      throw ValidationError(
        "A recipe says its columns: --recipe none --add-fields, or --save-map and widen the statements.")
    }
    if files.count > 1, reading.source != nil { throw ValidationError("--source names one file.") }
    if files.count > 1, key != nil { throw ValidationError("--key is the column of one file.") }
    if let allowRejects, Self.share(allowRejects) == nil {
      throw ValidationError("--allow-rejects wants a share such as 1% or 0.01; this was '\(allowRejects)'.")
    }
    if let saveMap {
      guard saveMap.lowercased().hasSuffix(".pvd") else {
        throw ValidationError("--save-map writes statements, to a name that ends in .pvd; this was '\(saveMap)'.")
      }
      guard !files.contains(saveMap), saveMap != store else {
        throw ValidationError("--save-map would write over '\(saveMap)', which is read here.")
      }
    }
    if kind != nil { _ = try asked() }
  }

  mutating func run(_ interrupts: Interrupts) -> Status {
    let output = format.output
    if let undo { return takeBack(undo, output, interrupts) }
    var request = ImportRequest(files: files)
    if let (flavour, name) = try? asked() { (request.flavour, request.kind) = (flavour, name) }
    request.key = key
    request.map = map
    request.recipe = recipe
    request.store = store
    request.rejectsTo = rejects
    request.mends = mend
    request.addsFields = addFields
    request.options = reading.options
    request.tables = reading.table
    if let share = allowRejects.flatMap(Self.share) { request.options.append(("rejects", share)) }
    let isAtTerminal = StandardStreams.isTerminal(.input) && StandardStreams.isTerminal(.output)
    // Without a store there is nothing that would keep what was imported.
    let shows = preview || store == nil || (isAtTerminal && !yes)
    var options = session.options(store: store)
    let progress = Progress()
    options.progress = progress.source
    options.rejectsFolder = store.map { FilePath.folder(of: $0) }
    options.rejectsTarget = rejects
    // What the command line names is thereby allowed, in a map too.
    if map != nil {
      options.allowRead += files
      options.allowConnect = options.allowConnect || files.contains(where: DatabaseAddress.isAddress)
    }
    var steps = Steps(
      request: request, options: options, saveMap: saveMap, name: map ?? "import",
      asks: isAtTerminal && !preview && store != nil)
    defer { progress.stop() }
    guard shows else { return steps.carryOut(output, interrupts, text: nil) }
    while true {
      let seen = steps.show(output, interrupts, progress)
      guard steps.asks else { return seen.status }
      interrupts.phase = .nothing
      // What an answer changes is shown again before anything is done.
      if let better = Self.answers(seen.preview, request, output) {
        request = better
        steps.request = better
        continue
      }
      guard let text = seen.text, seen.status == .fine || seen.status == .rejects else { return seen.status }
      guard Self.agrees("import?", output) else {
        output.say("nothing was imported\n")
        return output.end(.fine)
      }
      return steps.carryOut(output, interrupts, text: text)
    }
  }

  private func takeBack(_ number: Int, _ output: Output, _ interrupts: Interrupts) -> Status {
    Launch.withSession(session.options(store: store), output, interrupts, endsOnSecond: true) { session in
      do throws(Diagnostics) {
        output.write(escapedForTerminal(try session.undoImport(number)) + "\n")
        return .fine
      } catch {
        output.say(error.all, of: session)
        return session.options.interruption.isInterrupted ? .interrupted : Status(error.all)
      }
    }
  }

  /// Asks what the files leave open.
  /// - Returns: the request with the answers; nothing where nothing was open, or no answer came.
  private static func answers(_ preview: ImportPreview?, _ request: ImportRequest, _ output: Output) -> ImportRequest? {
    var better = request
    var isBetter = false
    for file in preview?.files ?? [] where !file.dateOrders.isEmpty && request.map == nil {
      output.write(
        "\nthe dates of \(escapedForTerminal(file.name)) are \(file.dateOrders.joined(separator: " or "))? ")
      output.flush()
      let answer = (StandardStreams.readLine() ?? "").uppercased().filter { !$0.isWhitespace }
      guard file.dateOrders.contains(answer) else { continue }
      better.fileOptions[file.name, default: []].append(("dates", ImportRequest.written(answer)))
      isBetter = true
    }
    if !request.mends, request.map == nil {
      for question in (preview?.files ?? []).compactMap(\.mendable) where !better.mends {
        better.mends = agrees(question, output)
        isBetter = isBetter || better.mends
      }
    }
    return isBetter ? better : nil
  }

  /// `event visit` or `visit`.
  private func asked() throws -> (KindFlavour?, String)? {
    guard let kind else { return nil }
    let words = kind.split { $0 == " " || $0 == ":" }.map(String.init)
    switch words.count {
    case 1: return (nil, words[0])
    case 2:
      guard let flavour = KindFlavour(rawValue: words[0]) else { fallthrough }
      return (flavour, words[1])
    default:
      throw ValidationError("--as wants a kind such as customer, or \"event visit\"; this was '\(kind)'.")
    }
  }

  /// `1%` or `0.01`, as the language writes it. `1` could be meant as either, so it is neither.
  private static func share(_ text: String) -> String? {
    let number = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
      let value = NumberText.parse(number), text.hasSuffix("%") ? (0...100).contains(value) : (0..<1).contains(value)
    else { return nil }
    return text
  }

  private static func agrees(_ question: String, _ output: Output) -> Bool {
    output.write("\n\(escapedForTerminal(question)) [y/N] ")
    output.flush()
    guard let answer = StandardStreams.readLine() else { return false }
    return ["y", "yes"].contains(answer.lowercased().filter { !$0.isWhitespace })
  }
}

/// How files are to be read: each is an option of `with { … }`.
struct ReadingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The order of dates, such as DD/MM/YYYY.", valueName: "ORDER"))
  var dates: String?

  @Option(help: ArgumentHelp("The calendar of dates: jalali or gregorian.", valueName: "CALENDAR"))
  var calendar: String?

  @Option(help: ArgumentHelp("The time zone of times without one.", valueName: "ZONE"))
  var zone: String?

  @Option(help: ArgumentHelp("The encoding, such as windows-1256.", valueName: "NAME"))
  var encoding: String?

  @Option(help: ArgumentHelp("What stands between cells: , ; | tab blank.", valueName: "SIGN"))
  var delimiter: String?

  @Option(help: ArgumentHelp("What stands before decimals: , or .", valueName: "SIGN"))
  var decimal: String?

  @Option(help: ArgumentHelp("Whether the first line holds names: yes or no.", valueName: "YES|NO"))
  var header: String?

  @Option(help: ArgumentHelp("Lines above the header to pass over.", valueName: "LINES"))
  var skip: Int?

  @Option(help: ArgumentHelp("What becomes of lines with too few cells: reject or fill.", valueName: "WHAT"))
  var short: String?

  @Option(help: ArgumentHelp("What becomes of sums and signatures at the end: reject or keep.", valueName: "WHAT"))
  var footer: String?

  @Option(
    help: ArgumentHelp("What becomes of several keys in a cell, 12;34: one, first or each.", valueName: "WHAT"))
  var several: String?

  @Option(help: ArgumentHelp("A word that stands for a missing value; several times for several.", valueName: "WORD"))
  var empty: [String] = []

  @Option(help: ArgumentHelp("The sheet of a workbook.", valueName: "NAME"))
  var sheet: String?

  @Option(help: ArgumentHelp("The table of a database; several times for several.", valueName: "NAME"))
  var table: [String] = []

  @Option(
    help: ArgumentHelp(
      "What becomes of records that the file no longer names: keep, close or remove.", valueName: "WHAT"))
  var missing: String?

  @Option(
    help: ArgumentHelp(
      "What the file is known by from one import to the next; by itself where it lies.", valueName: "NAME"))
  var source: String?

  func validate() throws {
    let given = [
      "calendar": calendar, "header": header, "missing": missing, "short": short, "footer": footer, "several": several,
    ]
    for option in ImportOption.all {
      guard case .words(let known) = option.form, let value = given[option.name] ?? nil, !known.contains(value) else {
        continue
      }
      let all = known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
      throw ValidationError("--\(option.name) wants \(all); this was '\(value)'.")
    }
    if let decimal, ![",", "."].contains(decimal) {
      throw ValidationError("--decimal wants , or . between quotes; this was '\(decimal)'.")
    }
  }

  /// The flags that were given.
  var given: [String] { options.map(\.name) + (table.isEmpty ? [] : ["table"]) }

  /// As they stand between the braces.
  var options: [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    func text(_ name: String, _ value: String?) {
      if let value { result.append((name, ImportRequest.written(value))) }
    }
    func word(_ name: String, _ value: String?) { if let value { result.append((name, value)) } }
    text("encoding", encoding)
    text("sheet", sheet)
    text("delimiter", delimiter)
    text("decimal", decimal)
    word("header", header)
    if let skip { result.append(("skip", String(skip))) }
    word("short", short)
    word("footer", footer)
    word("several", several)
    text("dates", dates)
    word("calendar", calendar)
    text("zone", zone)
    if !empty.isEmpty { result.append(("empty", "[\(empty.map(ImportRequest.written).joined(separator: ", "))]")) }
    word("missing", missing)
    text("source", source)
    return result
  }
}

/// What the command does, once over a store that is only looked at and once over one that is written.
private struct Steps {
  var request: ImportRequest
  let options: Session.Options
  let saveMap: String?
  let name: String
  let asks: Bool

  private var origin: Session.Origin { request.map.map(Launch.origin) ?? .typed }

  /// What was shown.
  struct Seen {
    var status = Status.fine
    var text: String?
    var preview: ImportPreview?
  }

  /// Shows what would be done, and keeps the statements where that was asked for.
  func show(_ output: Output, _ interrupts: Interrupts, _ progress: Progress) -> Seen {
    var options = options
    options.isLookingOnly = true
    var seen = Seen()
    seen.status = Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      do throws(Diagnostics) {
        let prepared = try session.prepareImport(request)
        let (preview, diagnostics, status) = session.preview(prepared, name: name, origin: origin, store: request.store)
        progress.clear()
        if !preview.files.isEmpty || diagnostics.isEmpty {
          output.write(
            AnswerRenderer(catalogue: session.catalogue, options: output.options).render(preview))
        }
        if !diagnostics.isEmpty { output.say(diagnostics, of: session) }
        try save(prepared, output)
        seen.text = prepared.text
        seen.preview = preview
        if !asks, request.store == nil, status == .fine || status == .rejects {
          output.say("nothing was \(saveMap == nil ? "touched" : "imported"); --store STORE.json --yes imports it\n")
        }
        return status
      } catch {
        progress.clear()
        output.say(error.all, of: session)
        return session.options.interruption.isInterrupted ? .interrupted : Status(error.all)
      }
    }
    return seen
  }

  /// Imports.
  /// - Parameter text: the statements, where they are known from the preview.
  func carryOut(_ output: Output, _ interrupts: Interrupts, text: String?) -> Status {
    Launch.withSession(options, output, interrupts, endsOnSecond: true) { session in
      do throws(Diagnostics) {
        let statements: String
        if let text {
          statements = text
        } else {
          let prepared = try session.prepareImport(request)
          try save(prepared, output)
          statements = prepared.text
        }
        var shown = Status.fine
        let done = session.runTogether(statements, name: name, origin: origin) {
          shown = shown.then(output.show($0, of: session))
        }
        sayWhatWaits(done.heldBack, output)
        return done.status.then(shown)
      } catch {
        output.say(error.all, of: session)
        return session.options.interruption.isInterrupted ? .interrupted : Status(error.all)
      }
    }
  }

  /// All files of a command are imported, or none.
  private func sayWhatWaits(_ files: [String], _ output: Output) {
    guard !files.isEmpty else { return }
    let names = files.map { "'\($0)'" }.joined(separator: ", ")
    output.say(
      escapedForTerminal(
        "nothing was imported, \(names) neither: of the files of one command all are, or none") + "\n")
  }

  private func save(_ prepared: PreparedImport, _ output: Output) throws(Diagnostics) {
    guard let saveMap else { return }
    do throws(Diagnostic) {
      let leave = FileLeave(everything: true, openStores: request.store.map { [$0] } ?? [])
      try request.checkMap(saveMap, leave)
      let file = try AtomicFile(saveMap, leave: leave)
      try file.write(prepared.text)
      try file.commit()
    } catch { throw Diagnostics(error) }
    output.say("the statements are in \(escapedForTerminal(saveMap))\n")
  }
}
