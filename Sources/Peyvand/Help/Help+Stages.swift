extension Help {
  static let stageEntries = [
    Entry(
      ["where"], "… | where CONDITION      SET where CONDITION",
      "Keeps the rows, or the members of a set, for which the condition holds. A missing value never holds.\nThe receipt says how many were unknown.",
      "customer | where region = \"North\" and count(purchase) >= 2"),
    Entry(
      ["select"], "… | select E [as NAME], …",
      "The columns of the answer. A column without `as` is called by its own text. After it only these columns are in reach.",
      "customer | select name, sum(purchase.amount) as spent"),
    Entry(
      ["with"], "… | with E as NAME, …",
      "Adds columns and keeps the record in hand, so that later stages still reach its fields.",
      "customer | with count(purchase) as orders | where orders > 3"),
    Entry(
      ["measure", "by", "across"], "… | [measure] M [as NAME], … [by KEY, … [across KEY]]",
      "One row a group; the word `measure` may be left out. Groups come in the order of their keys, missing last.",
      "purchase | count, sum(amount) as total by customer.region"),
    Entry(
      ["sort", "desc"], "… | sort by E [desc], …",
      "Puts the rows in order; equal ones keep theirs, missing comes last.",
      "customer | select name, count(purchase) as orders | sort by orders desc"),
    Entry(["take"], "… | take N", "The first N rows.", "customer | take 5"),
    Entry(["skip"], "… | skip N", "All but the first N rows.", "customer | skip 10 | take 10"),
    Entry(
      ["distinct"], "… | distinct      distinct(E)", "Each row once; as a function, each value once.",
      "purchase | select customer.region | distinct"),
    Entry(
      ["each"], "… | each SET [as NAME]",
      "A row for each member of a set; the record it was reached from stays in reach.",
      "customer | each purchase | select customer.name, amount"),
    Entry(["who"], "… | who", "The members behind the rows above.", "customer | count by region | who"),
    Entry(
      ["chart"], "… | chart bar|line", "The table drawn with blocks; it stands last.",
      "purchase | sum(amount) by month | chart bar"),
    Entry(
      ["funnel"], "… | funnel S1, S2, … [within D] [counting best] [by KEY]",
      "How many reach each step in order, the share of the step before and of the first, and the median time between.",
      "customer | funnel quote, purchase, delivery within 90 days"),
    Entry(
      ["retention"], "… | retention of SET from E by PERIOD [or later] [for N]",
      "The cohort triangle: of those who began in a period, who came in each period after. Cells not yet over are blank.",
      "customer | retention of purchase from first(purchase) by month for 12"),
    Entry(
      ["flow"], "… | flow of SET [by ACTIVITY]", "What follows what, how often and how soon.",
      "service_request | flow of step by activity"),
    Entry(
      ["why", "among"], "why KPI [among …] [by …]      … | why CONDITION",
      "What goes with an outcome, never what causes it: of each field and each kind of event both groups' n and rates, the difference\n(Newcombe), the odds ratio (Woolf), and q (Benjamini & Hochberg over all that were tried). Events count only within an exposure\nthat is equally long for all and ends before the outcome was decided. `by` holds something equal (Mantel & Haenszel).\n`why KPI from P to P [by KEY]` splits a change into mix and rate (Kitagawa), adding up exactly.",
      "why return_rate"),
  ]
}
