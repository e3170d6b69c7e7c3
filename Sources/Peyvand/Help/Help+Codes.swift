extension Help {
  /// What stands behind the codes of errors, beyond their message: why it is an error, and the way out.
  ///
  /// E1 is the program, E2 the data, E3 a file or another source, W4 the meaning. A code never changes its meaning.
  static let codes: [String: String] = [
    // How a program is written
    "E1001": "A program may be 8 MiB long. Data come in by `import`, which has no such limit.",
    "E1002":
      "Brackets, operators and blocks nest at most 200 deep, so that every program ends. Name a part with `let` or `define`.",
    "E1003": "A chain of operators has at most 1,000 terms. Many values of one field are `field in [a, b, c]`.",
    "E1004":
      "A sign that the language does not know. In a text it is fine; a name with such signs stands in backquotes.",
    "E1005": "A text ends on its line, with the quote it began with: \"…\", «…» or '…'.",
    "E1009": "The calendar has no such day. Years 1200 to 1699 are Jalali, 1700 to 2999 Gregorian.",
    "E1010": "A date's year is 1200 to 1699 (Jalali) or 1700 to 2999 (Gregorian). To subtract, put spaces around `-`.",
    "E1020":
      "Something stands where nothing joins it to what is before. Often an operator, a comma or a `|` is missing.",
    "E1021": "The line stops where a value has to come: a name, a number, a text or brackets.",
    "E1022": "What was opened has to be closed, on the same line or a later one.",
    "E1024":
      "Peyvand begins with the set: `customer | where … | select …`. There are no joins: inside a customer, `purchase` is that customer's.",
    "E1025": "`by` makes groups; what is wanted of each stands before it: `count by region`, `sum(amount) by month`.",
    "E1027": "`as` gives a name, `=` compares: `let limit as 100`, `where amount = 100`.",
    "E1029": "A missing value equals nothing, itself included. Ask `is missing` or `is not missing`.",
    "E1031": "Two comparisons are joined with `and`; a range is `x between 1 and 5`, both included.",
    "E1032":
      "Every sequence has its window, counted from the step before: without one, whoever had more time would look better. `within any time` says so on purpose.",
    "E1033": "`within 90 days` alone does not say from where: `within 90 days after T`, `before T` or `from T`.",
    "E1038": "`of` stands once in an expression; brackets make it two.",
    // Names
    "E1101":
      "The record in hand has neither such a field nor anything that leads to such a name in one step. `? customer` shows what a customer has.",
    "E1102": "Nothing bears this name: no kind, no field in reach, nothing given with `let`, `define` or `param`.",
    "E1103": "Kinds are declared with `entity`, `relationship` or `event`, in this store or by `use`.",
    "E1104":
      "Where more than one way leads from the record in hand to a name, the way has to be said: `message via sender`, `installs.contractor`.",
    "E1105": "A name reaches what is one step away. Further away is a path: `customer.purchase.product`.",
    "E1106":
      "The same name is reached in the record in hand and further out. Give the outer record a name: `customer as c | …`.",
    "E1107":
      "A `let` bears the name of a field in reach. A new field must never change in silence what an old script means.",
    "E1108": "No definition, KPI or computed field may reach itself: every script ends.",
    "E1110":
      "A KPI of the library is about whatever bears the names it uses. Where yours are called otherwise, say so once with `define`.",
    "E1112":
      "What was declared stays as it was. An equal declaration is fine, one with other meaning needs another name.",
    // Types and shapes
    "E1201":
      "Types are checked before anything runs. Only literals change their type: 2024 to a year, 100 to an amount.",
    "E1202": "Values of these two types are never equal and have no order between them.",
    "E1203":
      "A number in a unit adds to and compares with its own unit only. Rial and toman are two units: multiply by 10.",
    "E1204": "Months have 28 to 31 days, so months and days do not compare. Say the same on both sides.",
    "E1206": "A set is not yes or no. `any(SET)` asks whether there is one, `count(SET)` how many.",
    "E1207":
      "Where one value is wanted, a path that may give several needs a choice: `any`, `first`, `last`, `in`, `count` or an aggregate.",
    "E1208":
      "Item by item two lists go together only where they come from the same records: `E of SET` works for each record of one set.",
    "E1209": "At a path's end each record is there once. For one value a step on the way, write `E of SET`.",
    "E1210": "In `measure` every column is one value a group: an aggregate, or one of the keys.",
    "E1211": "To count a yes/no could mean how many or what part: `count(SET where …)` or `share(…)`.",
    "E1213": "This filter follows the order of time, and the set has none.",
    "E1215": "A month is never equal to a year. `in` asks whether it lies in it.",
    "E1216": "An answer's columns are known by their names. Give one of the two another with `as`.",
    "E1217":
      "After `select` and `measure` a row is its columns. Take what you need along, or use `with`, which keeps the record.",
    "E1219":
      "A set holds events, entities or relationships: what stands in one order of time, and what has none, do not mix.",
    "E1220":
      "From a set of several kinds a field can be read that means the same in all that have it. Here one name bears values of two types or units.",
    "E1301": "There is no function of this name. Completion (Tab) shows those there are.",
    // Sequences
    "E1401":
      "A sequence runs on the timeline of one record. Begin with whose it is: `customer | share(first(purchase) then …)`.",
    "E1402": "A window of nothing or less holds nothing.",
    "E1403": "Each step of a sequence is a set of events.",
    "E1404": "Where the hours are not recorded, what came first within a day cannot be told.",
    "E1405": "`no` asks that nothing came, so nothing can come after it.",
    "E1406": "A rate needs equal chances: with `within any time` whoever came earlier had more of them.",
    // Declarations
    "E1601": "A kind that is declared again may gain fields. What it has may not change: the data rest on it.",
    "E1603": "The first two references of a relationship are its ends; `start` and `end` say when it holds.",
    "E1610": "A KPI says what to do when it is missed. A number that leads to no decision is a `define`.",
    "E1702": "Files that use each other in a circle would never end. Move what both need into a third.",
    "E1710":
      "Kinds, settings, parameters, tests and `use` are known before anything runs, so no condition or loop can hold them.",
    "E1711":
      "An `expect` is not a yes. In a test it is noted and the test goes on; elsewhere the script ends, with exit code 1.",
    "E1713": "A loop goes through a set of records, a list of values or a table of one column: all of them finite.",
    "E1714":
      "Loops inside loops multiply. Ask one question of the whole set, or raise the limit with --max-statements.",
    // Data
    "E2001": "A required field has no value in this record.",
    "E2002": "Two records may not have one key and different values. Equal ones are one record.",
    "E2003":
      "A reference names a key that is not there. Import what it refers to first, or write `create` before the column.",
    "E2004": "Records refer to this one. Remove or change them first.",
    "E2202": "A file of text is read as UTF-8 alone, so that no letter is ever guessed.",
    "E2203": "So many bytes are not UTF-8 that the file is in another encoding. Save it as UTF-8.",
    "E2204": "No text holds a NUL byte: the file is damaged, or is a spreadsheet or database and no CSV.",
    "E2208": "Cells are delimited by one sign, or by blanks: with { delimiter: \"blank\" }.",
    "E2209":
      "An order of dates has YYYY or YY, MM or MMM, and DD, with the signs between them as the file has them; or \"epoch\".",
    "E2210": "03-04-2024 may be March or April. Say the order: with { dates: \"DD-MM-YYYY\" }.",
    "E2211":
      "A year from 1200 to 1699 is Jalali, a later one Gregorian, and a column is of one calendar. with { calendar: jalali } rejects the others.",
    "E2212": "Where 1,250 has a comma between thousands, 1,25 cannot have one before its decimals: 100 times too much.",
    "E2213": "40% is 0.4 and 40 is 40: in one column, one of the two is wrong.",
    "E2214":
      "The file has no column of that name. A repeated header is written `` `NAME 2` ``, a file without header has c1, c2, …",
    "E2215": "An entity is known by its key. Say which column it is: `import customer from \"f.csv\" key id`.",
    "E2216": "A required field needs a column, or a default in its declaration.",
    "E2217": "What the expression gives is of another type than the field, and is not changed in silence.",
    "E2220": "More rows are wrong than are allowed, so nothing was imported. Allow some with { rejects: 1% }.",
    "E2230": "A line has more or fewer cells than the file has columns. Often a delimiter in a text wants quotes.",
    "E2231": "A cell that begins with a quote ends with one; a quote inside it is written twice.",
    "E2232": "A cell that begins with a quote is never closed. Only its line is lost; those behind it are read.",
    "E2233": "The line holds bytes that are not UTF-8. Others of the file do not.",
    "E2240": "Numbers have digits, one decimal sign, and signs between thousands; \"nan\" and \"inf\" are none.",
    "E2243": "The cell is no date of the order that was declared, or of an unmistakable one.",
    "E2244": "The calendar has no such day: 30 Esfand of a common year, 29 February, a thirteenth month.",
    "E2247": "A duration says its unit: 5 min, 1:30:00, PT5M. For plain numbers, { duration: minutes * 1 minute }.",
    // Sources
    "E3001": "There is no file of that name. A script seeks files beside itself.",
    "E3002": "A script reads below its own folder and what the command line names. --allow-read DIR lets it read more.",
    "E3003": "A script writes only where it may: --allow-write DIR.",
    "E3004": "Only ordinary files are read and written: no folder, device or pipe.",
    "E3006": "The operating system refused; its own words stand in the message.",
    "E3008": "Programs and data are UTF-8. The byte named is the first that is not.",
    "E3009": "The store and the files beside it are written by Peyvand alone.",
    "E3010": "One process at a time writes a store. The other one has to end first.",
  ]
}
