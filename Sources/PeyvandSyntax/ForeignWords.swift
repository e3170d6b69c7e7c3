/// Words of SQL, Excel, Cypher and pandas that are recognised to be answered, in small letters.
///
/// They are no keywords: each may be the name of a kind or a field, and is looked up here only where nothing else
/// fits. They stand in one table so that parser and checker answer alike, and one place tells what is recognised.
package enum ForeignWords {
  static let null: Set<String> = ["null", "nil", "none", "nan"]
  static let group = "group"
  static let order = "order"
  static let orderBy = "\(order) \(by)"
  static let select = Keyword.select.rawValue
  static let from = Keyword.from.rawValue
  static let `where` = Keyword.where.rawValue
  static let having = "having"
  static let limit = "limit"
  static let top = "top"
  static let match = "match"
  static let count = "count"
  static let when = "when"
  static let unions: Set<String> = ["union", "intersect"]
  static let joins: Set<String> = [join, "left", "right", "inner", "outer", "full", "cross"]
  static let join = "join"
  static let ascending: Set<String> = ["asc", "ascending"]
  static let descending = "descending"
  static let distinct = Keyword.distinct.rawValue
  static let unique = "unique"
  static let `as` = Keyword.as.rawValue
  static let by = Keyword.by.rawValue
  static let `is` = Keyword.is.rawValue
  static let desc = Keyword.desc.rawValue
  /// What begins a clause of a SELECT.
  static let clauses: Set<String> = [from, `where`, group, order, limit, having, join, "left", "inner"]
  /// What begins a clause after a pattern of Cypher.
  static let returns = "return"
  static let patternClauses: Set<String> = [`where`, returns, order, limit, "skip", "with"]
  /// Words that begin a loop elsewhere.
  static let loops: Set<String> = ["while", "foreach", "loop", "repeat"]
  /// What begins a question between people.
  static let questions: Set<String> = [
    "how", "what", "who", "whom", "whose", "which", "when", "why", "show", "tell", "give", "find", "get", "display",
    "please", "are", "do", "does", "did", "has", "have", "can", "list", "count",
  ]
  /// Stages of other languages, and the one that is meant.
  static let stages: [String: Keyword] = [
    limit: .take, top: .take, "head": .take, "filter": .where, having: .where, "offset": .skip,
    "orderby": .sort, "sort_values": .sort, "order_by": .sort,
  ]
  static let groupings: Set<String> = ["groupby", "group_by"]
  /// Patterns of texts elsewhere.
  static let like: Set<String> = ["like", "ilike"]
  static let functionsOfGroups: Set<String> = ["count", "sum", "avg", "average", "mean", "min", "max", "median"]

  /// What begins a statement elsewhere, and what stands in its place.
  static let statements: [String: String] = [
    "insert": "a record is added so: `add customer \"C-9\" { name: \"…\" }`",
    "update": "a record is changed so: `change customer \"C-9\" { name: \"…\" }`",
    "delete": "a record is removed so: `remove customer \"C-9\"`",
    "create": "a kind is declared so: `entity customer { name: text }`",
    "drop": "a record is removed so: `remove customer \"C-9\"`",
    "alter": "a field is added by declaring the kind again with it: `entity customer { segment: text }`",
    "var": "a value is given a name so: `let x as 3`",
    "const": "a value is given a name so: `let x as 3`",
    "set": "a value is given a name so: `let x as 3`",
    "def": "an expression is given a name so: `define loyal as count(purchase) > 3`",
    "function": "an expression is given a name so: `define loyal as count(purchase) > 3`",
    "func": "an expression is given a name so: `define loyal as count(purchase) > 3`",
    "return": "the value of a line is shown by itself: write it alone",
  ]

  /// What is not there, elsewhere.
  package static let emptiness: Set<String> = ["empty", "blank", "na", "undefined", "void"]

  /// Stages and functions of other languages that stand without anything behind them.
  package static let lonelyStages: [String: String] = {
    let equal = "rows that are equal stand once by a stage: `| distinct`; the values that differ are `distinct(x)`"
    let many = "values that differ are counted by `count(distinct(x))`"
    let first = "the first rows are a stage: `| take 10`"
    let whole = "without a stage all rows and fields are shown"
    var notes: [String: String] = [:]
    for word in [unique, "uniq", "dedup", "dedupe", "drop_duplicates", "distinct_rows"] { notes[word] = equal }
    for word in ["nunique", "count_distinct"] { notes[word] = many }
    for word in ["head", limit, top] { notes[word] = first }
    for word in ["describe", "collect"] { notes[word] = whole }
    return notes
  }()

  /// Constants of other languages.
  package static let constants: [String: String] = [
    "true": "yes", "false": "no", "null": "missing", "nil": "missing", "none": "missing", "nan": "missing",
    "current_date": "today", "sysdate": "today", "getdate": "today", "current_timestamp": "now",
  ]

  /// Functions that have another name here.
  package static let functions: [String: String] = [
    "avg": "mean", "average": "mean", "std": "stdev", "stddev": "stdev", "stdev_s": "stdev", "stddev_samp": "stdev",
    "quantile": "percentile", "percentile_cont": "percentile", "iif": "if", "ifelse": "if", "total": "sum",
    "maximum": "max", "minimum": "min", "unique": "distinct", "corr": "correlation", "correl": "correlation",
    "tolower": "lower", "lcase": "lower", "toupper": "upper", "ucase": "upper", "strip": "trim", "ln": "log",
    "substitute": "replace", "exists": "any", "char_length": "length", "strlen": "length",
  ]

  /// Functions that are no function here, and how the same is said.
  package static let functionForms: [String: String] = {
    let tie =
      "nothing needs to be looked up: a record's ties are reached by their names, `purchase | select customer.name`"
    let isMissing = "what is not there is `missing`: `region is missing`"
    let otherwise = "another value for what is missing is `a else b`"
    let join = "texts are joined in one text with braces: `\"{name} {region}\"`"
    let plus = "a length of time is added to a date: `at + 3 months`"
    let minus = "the time between two dates is their difference: `today - at`"
    let date = "a date is written as it is: `2024-01-01`"
    let count = "count a set that is narrowed: `count(customer where region = \"North\")`"
    let sum = "sum over a set that is narrowed: `sum(amount of purchase where amount > 3)`"
    let mean = "take the mean over a set that is narrowed: `mean(amount of purchase where amount > 3)`"
    let groups = "groups are made by `by`: `purchase | count by customer.region`"
    let power = "a power is a product: `x * x`"
    let table: [(String, [String])] = [
      (tie, ["vlookup", "xlookup", "hlookup", "lookup", "merge", "related"]),
      (isMissing, ["isnull", "isna", "isblank", "isempty", "is_null", "isnan"]),
      ("what is there is `not missing`: `region is not missing`", ["notnull", "notna"]),
      (otherwise, ["ifnull", "coalesce", "nvl", "fillna", "iferror", "ifna"]),
      (join, ["concat", "concatenate", "textjoin", "paste"]),
      (plus, ["dateadd", "date_add", "edate"]),
      (minus, ["datediff", "datedif", "date_diff"]),
      (date, ["date", "to_date", "datevalue", "to_datetime"]),
      ("the time of asking is `now`, without brackets", ["now"]),
      ("the day of asking is `today`, without brackets", ["today", "getdate", "sysdate"]),
      (count, ["countif", "countifs"]), (sum, ["sumif", "sumifs"]), (mean, ["averageif", "averageifs"]),
      ("values that differ are counted by `count(distinct(x))`", ["nunique", "countd", "count_distinct"]),
      ("the length of a text is `length(x)`; a set is counted by `count(x)`", ["len", "size"]),
      (groups, ["groupby", "group_by"]), (power, ["pow", "power"]),
      ("the square of `stdev(x)` is the variance", ["var", "variance"]),
      ("not is a word before what it denies: `not x`", ["not"]),
      ("the two are joined by a word: `a and b`", ["and"]), ("the two are joined by a word: `a or b`", ["or"]),
    ]
    var forms: [String: String] = [:]
    for (form, names) in table { for name in names { forms[name] = form } }
    return forms
  }()

  /// What stands after the point and before brackets elsewhere.
  static let methods: [String: String] = [
    "groupby": "groups are made by `by`: `purchase | count by customer.region`",
    "head": "the first rows are a stage: `customer | take 5`",
    "sort_values": "the order is a stage: `customer | sort by name`",
    "contains": "what a text holds is asked by a word: `name contains \"x\"`",
    "startswith": "how a text begins is asked by words: `name starts with \"x\"`",
    "query": "a condition is a stage: `customer | where region = \"North\"`",
  ]
}
