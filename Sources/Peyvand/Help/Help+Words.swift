extension Help {
  static let wordEntries = [
    Entry(
      ["then", "no", "ties", "counting"], "A then [no] B within D [of the first] [counting ties|open] [to the second]",
      "For each A, the earliest later B inside the window. One whose window still runs is open: neither yes nor no, and a rate leaves it out.\n`then no B`: the As whose window ran out without one.",
      "customer | share(first(purchase) then purchase within 6 months) by region"),
    Entry(
      ["within"], "SET within D after|before|from T      A then B within D",
      "The members inside a window of that length; days and longer count whole days.",
      "contract where end within 90 days from now"),
    Entry(
      ["since", "until", "after", "before"], "SET since|until|after|before T",
      "The members at or after, at or before, after, or before a time, a date, a period or an event.",
      "purchase since 2024-01-01 until last month | count"),
    Entry(
      ["during", "to"], "SET during PERIOD [to PERIOD]",
      "The members inside a period: a year, a quarter, a month, a day.",
      "purchase during 2024-Q1 to 2024-Q2 | sum(amount)"),
    Entry(
      ["this", "last", "previous", "next"], "this|last|previous|next PERIOD      last N UNITS",
      "Periods as seen from the as-of day: `last quarter` is the calendar quarter before, `last 90 days` runs up to now.",
      "purchase during last quarter | count"),
    Entry(
      ["now", "today"], "now      today", "The as-of time: the last event seen, unless set by `as of` or --as-of.",
      "contract where end before now + 3 months | count"),
    Entry(
      ["as", "as of"], "E as NAME      as of TIME",
      "Names what stands before it. `as of` looks at the company as it was known then.", "as of 2024-06-30"),
    Entry(
      ["missing"], "E is [not] missing", "Whether there is no value. Missing is not nought and not no.",
      "customer where region is missing | count"),
    Entry(
      ["open"], "(A then B within D) is open", "Those whose window still runs.",
      "customer | where (first(purchase) then purchase within 6 months) is open"),
    Entry(
      ["is"], "X is KIND      is missing      is open", "Whether a record is of a kind.",
      "contact where contact is visit | count"),
    Entry(
      ["and", "or", "not"], "A and B      A or B      not A",
      "Logic over yes and no; `or` between two sets is the set of both.",
      "customer where region = \"North\" or segment = \"SME\""),
    Entry(
      ["in", "between"], "E in LIST      E between A and B",
      "Whether a value is one of several, or lies between two, both included.",
      "customer where region in [\"North\", \"East\"] | count"),
    Entry(
      ["contains", "starts", "ends", "matches"], "TEXT contains|starts with|ends with|matches TEXT",
      "Tests of text, by meaning: two spellings of one letter are one letter.", "customer where name starts with \"Al\""
    ),
    Entry(["else"], "E else F", "F where E is missing.", "customer | select name, region else \"unknown\""),
    Entry(
      ["of"], "E of SET", "The list of E, one for each record of the set.",
      "customer | sum(amount * quantity of purchase)"),
    Entry(
      ["per"], "E per PERIOD of SET", "E for each whole period, empty ones included.",
      "customer | mean(sum(amount) per month of (purchase since 2024-01-01))"),
    Entry(
      ["all"], "all KIND", "Every record of a kind, while a record is in hand.",
      "customer | select name, count(purchase) / count(all purchase)"),
    Entry(["ever"], "ever RELATIONSHIP", "Ties of any time, not only those that hold.", "ever contract | count"),
    Entry(
      ["via"], "KIND via FIELD", "Which reference is meant, where there are several ways.",
      "rep | count(message via sender)"),
    Entry(
      ["path", "from", "over", "max"], "path from X to Y over TIE max N      KPI over PERIOD [last N]",
      "The shortest way from one record to another. After a KPI: its course, a row a period, those without a case too.",
      "path from customer \"C-1\" to customer \"C-9\" over refers max 6"),
    Entry(["mod"], "A mod B", "What is left of A after whole Bs.", "10 mod 3"),
    Entry(
      ["vs"], "KPI vs PERIOD",
      "The period at hand against an earlier one, over equal windows: the change in points, its interval, and whether it is beyond chance.",
      "return_rate vs previous quarter"),
    Entry(
      ["through"], "KPI through stages",
      "Who came to each stage of the KPI's `stages`, the KPI among those and the others, and which stage goes with it most.\nStages count up to the same length after the first step for all, so that what follows the outcome is not found.",
      "return_rate through stages"),
  ]

  static let functionEntries =
    statisticEntries + [
      Entry(
        ["count"], "count      count(SET)      count(VALUES)",
        "How many: rows, members, or values that are not missing.",
        "customer | count(purchase)"),
      Entry(["sum"], "sum(VALUES)", "Their sum; of nothing, 0.", "purchase | sum(amount) by customer.region"),
      Entry(["mean"], "mean(VALUES)", "Their mean; of nothing, missing.", "survey | mean(satisfaction)"),
      Entry(
        ["median"], "median(VALUES)", "The middle one; between two, their mean.", "customer | median(gaps(purchase))"),
      Entry(["min", "max"], "min(VALUES)      max(VALUES)", "The least, the greatest.", "purchase | max(amount)"),
      Entry(
        ["percentile"], "percentile(VALUES, P)",
        "The value below which P of them lie, interpolated as spreadsheets do.",
        "purchase | percentile(amount, 90%)"),
      Entry(["stdev"], "stdev(VALUES)", "The standard deviation of a sample.", "purchase | stdev(amount)"),
      Entry(
        ["share"], "share(CONDITION [of SET])",
        "How many of those with an answer are yes. Unknown and open ones are left out and said.",
        "survey | share(satisfaction >= 4)"),
      Entry(
        ["any", "none", "every"], "any(SET)      none(SET)      every(CONDITION of SET)",
        "Whether there is one, none, or all are so.", "customer | where none(purchase)"),
      Entry(
        ["first", "last"], "first(SET)      last(SET)", "The earliest or latest event; of nothing, missing.",
        "customer | select name, last(purchase).at"),
      Entry(
        ["rank", "percentile_rank"], "rank(E)      percentile_rank(E)",
        "In `with` and `select`: where a row stands among all rows, 1 for the least, equal ones at the mean of their places; the percentile rank is (rank − ½) / n, so that parts of different units can be put together.",
        "customer | with percentile_rank(sum(purchase.amount)) as place"),
      Entry(["mode"], "mode(VALUES)", "The most frequent value; of equal ones the smallest.", "contact | mode(topic)"),
      Entry(
        ["list"], "list(VALUES)", "The values as one list.", "customer | select name, list(distinct(purchase.product))"),
      Entry(
        ["distinct"], "distinct(VALUES)      distinct(SET)", "The different ones, in the order first met.",
        "customer | count(distinct(region))"),
      Entry(
        ["best", "worst"], "{best(KEY)}      {worst(KEY)}", "In a KPI's `decide`: the group of most or least success.",
        "decide \"Begin with {worst(region)}.\""),
      Entry(["gaps"], "gaps(SET)", "The durations between consecutive events.", "customer | median(gaps(purchase))"),
      Entry(
        ["round", "floor", "abs", "sqrt", "log"], "round(X)      floor(X)      abs(X)      sqrt(X)      log(X)",
        "Of one number; a half rounds away from nought.", "round(3.5)"),
      Entry(
        ["length", "lower", "upper", "trim", "replace"],
        "length(T)      lower(T)      upper(T)      trim(T)      replace(T, A, B)",
        "Of one text.", "customer | select upper(name)"),
      Entry(
        ["bucket"], "bucket(X, WIDTH)", "The lower bound of the step that X lies in.",
        "purchase | count by bucket(amount, 100)"),
      Entry(
        ["if"], "if(CONDITION, A, …, OTHERWISE)", "The value behind the first condition that holds.",
        "purchase | select if(amount > 100, \"large\", \"small\")"),
      Entry(
        ["working"], "working(A, B)", "The working time between two times.", "reply | median(working(inquiry.at, at))"),
      Entry(
        ["year", "quarter", "month", "week", "day", "hour", "weekday"], "month(TIME)      by month",
        "The period a time lies in; bare in `by`, that of the row's `at`.", "purchase | sum(amount) by month"),
    ]
}
