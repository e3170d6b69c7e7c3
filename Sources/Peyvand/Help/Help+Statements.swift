extension Help {
  static let statementEntries = [
    Entry(
      ["entity", "label", "required", "default", "happens"],
      "entity NAME [is GENERAL] { FIELD: TYPE [required] [default E] [happens], … }",
      "Declares who there is. A field named as a kind refers to it. Types: text, number, number in UNIT, yesno, date, time, duration, list of T.",
      "entity customer { name: text, region: text, joined: date }"),
    Entry(
      ["relationship", "one"], "relationship NAME { END, END, FIELD: TYPE, … }",
      "Declares how two are tied, from a start to an end. `one` before an end: one at a time.",
      "relationship serves { one rep, customer, share: number }"),
    Entry(
      ["event"], "event NAME [is GENERAL] { KIND, …, FIELD: TYPE, … }",
      "Declares what happens, and to whom; each has `at: time`.",
      "event purchase { customer, product, amount: number in rial, at: date }"),
    Entry(
      ["import", "key", "create"], "import KIND from \"FILE\" [key COLUMN] [where E] [{ FIELD: E, … }] [with { … }]",
      "Reads a CSV file. The braces say which columns fill which fields where the names differ. All rows hold, or none.",
      "import customer from \"customers.csv\" key id { name: company }"),
    Entry(
      ["export"], "export (PIPELINE) to \"FILE\"", "Writes an answer to a file.",
      "export (customer | count by region) to \"regions.csv\""),
    Entry(["add"], "add KIND [\"KEY\"] { FIELD: E, … }", "Adds a record.", "add customer \"C-1\" { name: \"Alborz\" }"),
    Entry(
      ["change"], "change KIND \"KEY\" { FIELD: E, … }", "Changes fields of a record.",
      "change customer \"C-1\" { region: \"Isfahan\" }"),
    Entry(
      ["remove"], "remove KIND \"KEY\"      remove watch KPI      remove process NAME | for KIND",
      "Removes a record that none refers to; ends a watch or a process.", "remove call \"K-9\""),
    Entry(["let"], "let NAME as E", "Gives a value a name, until the sitting ends.", "let start as 2024-01-01"),
    Entry(
      ["define"], "define NAME[(PARAMETER: DEFAULT, …)] as E      define KIND.NAME as E",
      "Gives a meaning a name; it is read where it is used. With a kind, a computed field.",
      "define customer.loyal as count(purchase) >= 3"),
    Entry(
      ["param"], "param NAME: DEFAULT", "An input of a script, set by --set NAME=VALUE.", "param since: 2024-01-01"),
    Entry(
      ["use"], "use NAME      use \"FILE\"",
      "Takes in a part of the library (xrm, kpis, quality, reps, suppliers, service, loyalty, contacts) or another script.",
      "use kpis"
    ),
    Entry(
      [
        "kpi", "dated", "target", "warn", "needs", "cases", "stages", "owner", "decide", "least", "most", "below",
        "above",
      ],
      "kpi NAME[(PARAMETER: DEFAULT)]\n  for SET · dated TIME · measure E · target at least E · warn below E · needs N cases · owner \"WHO\" · decide \"WHAT\"",
      "A measure with its target and with what to do when it is missed; asked by its name. One clause a line; an empty line ends it.",
      "return_rate by region"),
    Entry(
      ["process", "goal", "collect", "review"], "process [NAME] for KIND",
      "What is collected, reviewed and watched for a relationship. An empty line ends it. Alone: those there are.",
      "process for supplier"),
    Entry(
      ["watch", "breach", "periods"], "watch KPI [every PERIOD] [breach for N periods]",
      "Looks at a KPI again and again. Alone: what the store keeps a watch on.", "watch return_rate every quarter"),
    Entry(
      ["for"], "for each NAME in SET { … }", "Does the statements for each record or value, which is in hand inside.",
      "for each r in rep { print r.name }"),
    Entry(
      ["if"], "if E { … } else if E { … } else { … }",
      "Does the statements where E is a yes; unknown and not yet are none.",
      "if any(complaint) { print \"call them\" }"),
    Entry(
      ["print"], "print E", "Writes a line; `{…}` in a text is worked out.", "print \"{count(customer)} customers\""),
    Entry(
      ["test", "expect"], "test \"NAME\" { add … expect … }", "Checks a script against a store of its own.",
      "test \"none\" { expect count(customer) = 0 }"),
    Entry(
      ["calendar", "zone"],
      "calendar jalali|gregorian      time zone \"PLACE\"      week starts DAY      year starts MONTH",
      "How the company's time is counted: `\"Asia/Tehran\"`, or `\"+03:30\"`.", "calendar jalali"),
    Entry(
      ["working", "holiday"], "working hours DAY to DAY 8:00 to 16:30      holiday DATE, …",
      "When the company works: what `working` and `.working` count.",
      "working hours saturday to wednesday 8:00 to 16:30"),
    Entry(["agenda"], "agenda [as of DAY]", "What is due, overdue and about to end.", "agenda"),
    Entry(["map"], "map [RECORD]", "Who is tied to whom.", "map customer \"C-17\""),
    Entry(["done"], "done KIND \"KEY\" NAME", "Records that a review took place.", "done supplier \"S-1\" review"),
  ]

  static let promptEntries = [
    Entry(["it"], "it", "The last answer; a line that begins with | goes on from it.", "it | take 3"),
    Entry(
      ["save"], "save [FILE]",
      "Takes a snapshot; with a FILE, writes a copy that is one file. What was said is safe anyway.", "save"),
    Entry(
      ["undo"], "undo, undo data",
      "Takes back the last statement that changed data, as far as the last snapshot. A declaration is not taken back: "
        + "where one was made since, `undo` says so, and `undo data` takes back the change before it.", "undo"),
    Entry(["quit"], "quit", "Ends the sitting; so does ^D.", "quit"),
    Entry(["?"], "?      ? WORD", "Shows the card, or explains a word, a kind or an error's code.", "? share"),
  ]
}
