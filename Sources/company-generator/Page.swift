/// The README beside the exports: what they are, and which stories are planted in them.
///
/// The page is written by the generator, so that no figure on it can differ from the exports.
struct Page {
  private let world: World
  private let truth: Truth

  init(_ world: World, _ truth: Truth) {
    self.world = world
    self.truth = truth
  }

  var text: String { [opening, files, kpis, stories, edges].joined(separator: "\n") }

  private var events: Int {
    let talks = world.contacts.count + world.inquiries.count + world.replies.count
    let sales =
      world.quotes.count + world.opportunities.count + world.purchases.count + world.deliveries.count
      + world.supplierContacts.count
    let service = world.trainings.count + world.requests.count + world.surveys.count + world.complaints.count
    return talks + sales + service
  }

  private var opening: String {
    """
    # The example company

    A small seller of measuring and drive equipment: \(world.customers.count) customers in five regions, each with a sales rep; outside
    installers, trainers, technicians and parts suppliers; \(events) events from \(World.opening.text) to \(truth.asOf.text). Nobody in it
    exists. `scripts/generate-company` makes every file here but the `.pvd` scripts, this page among them, the same
    bytes every time; `scripts/generate-company --check` compares.

    ```
    peyvand run scripts/company/schema.pvd    --store company.json    # kinds
    peyvand run scripts/company/import.pvd    --store company.json    # the exports
    peyvand run scripts/company/kpis.pvd      --store company.json    # the five KPIs
    peyvand run scripts/company/questions.pvd --store company.json    # the stories
    peyvand run scripts/company/mission.pvd   --store company.json    # the questions of the mission, each answered
    peyvand run scripts/company/branch.pvd                            # a branch with books of its own: who will leave
    ```

    `expected.json` holds the answers, worked out by the generator from what it made up, without reading a CSV
    file: each with its question (`ask`) and the rows it must give. Lengths of time are equal where days · 86,400 + seconds are.

    """
  }

  private var files: String {
    """
    ## The exports

    The CRM and the books write commas, ISO dates and minutes; the warehouse (`deliveries.csv`) writes semicolons and
    DD-MM-YY. Product codes and postal codes have leading zeros. Names are Latin or Persian, with half-spaces, and
    one has Arabic ي and ك. Regions, a segment, topics, log entries, scores and arrivals are missing here and there.

    | file | records | file | records |
    |---|---|---|---|
    \(fileRows)

    """
  }

  private var fileRows: String {
    let cells = (world.exports + truth.branch.exports).map { export in
      let records = export.text.split(separator: "\n").count - 1
      return "`\(export.file)` | \(records)"
    }
    let half = (cells.count + 1) / 2
    let rows = (0..<half).map { place in
      let second = place + half < cells.count ? cells[place + half] : " | "
      return "| \(cells[place]) | \(second) |"
    }
    return rows.joined(separator: "\n")
  }

  private var kpis: String {
    """
    ## The five KPIs

    `k` of `n` cases; windows that had not run out on the last day (`open`) and missing values (`unknown`) are left
    out and counted. Fewer than ten cases have no value.

    **Return rate**, within six calendar months of the first purchase

    \(table(truth.returnOverall, percent: ["value"]))

    \(table(truth.returnByRegion, percent: ["value"]))

    **Response time**, by which half of the inquiries have their first reply; those unanswered within seven days count for as long

    \(table(truth.response))

    \(table(truth.responseByRep))

    **Never logged**, contacts without a log entry; a technician's calls have no rep

    \(table(truth.neverLogged, percent: ["value"]))

    \(table(truth.neverLoggedByRep, percent: ["value"]))

    **Satisfied requests**, the last answer to the survey is 4 or 5

    \(table(truth.satisfied, percent: ["value"]))

    \(table(truth.satisfiedByTechnician, percent: ["value"]))

    **Silence before leaving**, median days since the last visit, or call of five minutes and more

    \(table(truth.silence))

    """
  }

  private var stories: String {
    """
    ## The planted stories

    **a. An installer whose customers do not return.** \(Cast.contractors[Cast.dreadedInstaller].1): one customer came back.

    \(table(truth.returnByInstaller, percent: ["returned"]))

    **b. A supplier whose delays show two hops away.** \(Cast.suppliers[Cast.lateSupplier].1) is late most of the time and by weeks;
    its buyers rate *repairs* badly in the sixty days after. \(Cast.suppliers[1].1) is late too, but by one day: predictable.

    \(table(truth.supplierFriction, percent: ["late"]))

    What came short of what was ordered: \(Cast.suppliers[Cast.lateSupplier].1) most, \(Cast.suppliers[1].1) and \(Cast.suppliers[4].1) next to nothing.

    \(table(truth.shortDeliveries, percent: ["short"]))

    One has to speak with \(Cast.suppliers[Cast.lateSupplier].1) more than once about each order, with \(Cast.suppliers[1].1) seldom.

    \(table(truth.contactsAnOrder))

    \(table(truth.supplierTwoHops, percent: ["late"]))

    \(table(truth.lateAndSatisfied))

    **c. A quiet rep whose months are alike.** \(Cast.reps[Cast.quietRep].1) sells least in sum, and has by far the lowest
    coefficient of variation (`cv`) of monthly sales.

    \(table(truth.steadyReps))

    **d. A technician who calls.** \(Cast.technicians[Cast.callingTechnician].1) calls within two days after the job, and is rated best.

    \(table(truth.technicians, percent: ["satisfied", "called"]))

    **e. Contacts that were never written down.** \(Cast.reps[Cast.unloggingRep].1): see *never logged* above.

    **f. Silence precedes leaving.** Mails and short calls went on until the end; nobody spoke with them for long.

    \(table(truth.silenceBeforeLeaving))

    **g. Demonstrations lead to opportunities**, within thirty days.

    \(table(truth.leadsByTopic, percent: ["leads"]))

    **h. A rep who is high and steady.** \(Cast.reps[Cast.strongRep].1)'s months are higher than anybody's, and differ by no more than a
    quarter. The level and the coefficient of variation of all 36 months, those without a sale too.

    \(table(truth.highAndSteady))

    **i. A visit after a complaint.** Each complaint is followed by one contact within some days. Whom somebody visits buys
    again; who gets a mail seldom does.

    \(table(truth.aftercare, percent: ["again"]))

    **j. Whom nobody looks after leaves.** The branch in Isfahan has \(truth.branch.customers.count) customers and keeps books of its own (`branch_…csv`).
    In the autumn of 2023 half of them were neglected, and most of those left in the year after. Silent on 2023-12-31 for
    more than twice the usual time, and gone since; so the index of `use quality`, as of that day, goes with leaving.

    \(table(truth.branch.neglected, percent: ["gone"]))

    """
  }

  private var edges: String {
    """
    ## Edges

    - \(world.customers[5].name) (`C-006`) bought on 2022-08-31 and on 2023-02-28, the last day of six months: came back.
    - \(world.customers[17].name) (`C-018`) bought on 2023-03-15 and on 2023-09-16, a day too late: did not.
    - \(world.customers[30].name) (`C-031`) bought twice on 2023-05-20: one coming.
    - \(world.customers[57].name) (`C-058`) only asks; \(world.customers[59].name) (`C-060`) is in the list and nothing else.
    - On the days of three handovers (`C-005`, `C-015`, `C-017`) two reps stand in the list; the one who began last holds.
    - \(world.customers[31].name) (`C-032`) left without anybody ever having spoken with them for long.
    - An inquiry of 2024-12-29 has no reply, and its seven days have not run out.
    """ + "\n"
  }

  // MARK: - Tables

  private func table(_ answer: Truth.Answer, percent: Set<String> = []) -> String {
    guard let first = answer.rows.first else { return "" }
    let header = first.map(\.key)
    var lines = ["| " + header.joined(separator: " | ") + " |", String(repeating: "|---", count: header.count) + "|"]
    for row in answer.rows {
      lines.append(
        "| " + row.map { cell($0.value, isPercent: percent.contains($0.key)) }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private func cell(_ value: JSON, isPercent: Bool) -> String {
    switch value {
    case .null: return "–"
    case .text(let text): return text
    case .integer(let whole): return isPercent ? "\(whole * 100) %" : String(whole)
    case .number(let number): return isPercent ? rounded(number * 100, places: 1) + " %" : rounded(number, places: 3)
    case .array: return ""
    case .object(let parts):
      guard let days = parts.first(where: { $0.key == "days" }),
        let seconds = parts.first(where: { $0.key == "seconds" })
      else { return "" }
      if case .integer(0) = seconds.value { return cell(days.value, isPercent: false) + " days" }
      guard case .integer(let length) = seconds.value else { return cell(seconds.value, isPercent: false) + " s" }
      return "\(length / 3600) h \(length % 3600 / 60) min"
    }
  }

  private func rounded(_ number: Double, places: Int) -> String {
    let scale = places == 1 ? 10 : 1000
    let whole = Int((number * Double(scale)).rounded())
    let sign = whole < 0 ? "-" : ""
    return "\(sign)\(abs(whole) / scale).\(padded(abs(whole) % scale, to: places))"
  }
}
