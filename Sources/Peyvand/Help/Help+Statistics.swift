extension Help {
  /// Measures of cases: what each is, by whom, an example, and where it leads astray.
  static let statisticEntries = [
    Entry(
      ["correlation", "spearman"], "correlation(X, Y)      spearman(X, Y)",
      "Pearson's coefficient over the pairs where both are known; Spearman's is that of the ranks, which no outlier moves.",
      "delivery | correlation(received - ordered, amount)"),
    Entry(
      ["median_until"], "median_until(A then B within D)      median_until(TIME, EVENT)",
      "The time by which half had it, those without counted for as long as they were followed (Kaplan and Meier).",
      "inquiry | median_until(inquiry then reply within 7 days)"),
    Entry(
      ["survival"], "survival(TIME, EVENT, at: T)      survival(A then B within D)",
      "The part to whom it has not happened by T (Kaplan and Meier). None beyond the last time followed, or below 10 at risk.",
      "customer | survival(today - joined, left is not missing, at: 300 days)"),
    Entry(
      ["incidence"], "incidence(TIME, CAUSE, of: C, at: T)",
      "The part that C has ended by T, where other causes may come first (Aalen and Johansen); a missing cause is none yet.",
      "deal | incidence(today - opened, ended, of: \"won\", at: 90 days)"),
    Entry(
      ["logrank"], "logrank(TIME, EVENT, by: GROUP)",
      "Chi-square of whether groups differ in how soon it happens (Mantel); `p(…)` is its p.",
      "customer | p(logrank(today - joined, left is not missing, by: region))"),
    Entry(
      ["odds_ratio"], "odds_ratio(HAD, OUTCOME [, within: FIELD])",
      "The odds of the outcome with it over those without; pooled over a field's groups (Mantel and Haenszel). Not a cause.",
      "customer | odds_ratio(any(visit), count(purchase) >= 2, within: region)"),
    Entry(
      ["risk_ratio"], "risk_ratio(HAD, OUTCOME)",
      "How many times as often the outcome came with it as without: 1 is no difference. Not a cause.",
      "customer | risk_ratio(any(visit), count(purchase) >= 2)"),
    Entry(
      ["chi_square", "cramers_v"], "chi_square(A, B)      cramers_v(A, B)",
      "Whether two fields go together (Pearson), and how strongly, 0 to 1 (Cramér). It needs 5 expected in each cell.",
      "customer | cramers_v(region, left is not missing)"),
    Entry(
      ["low", "high", "p"], "low(M)      high(M)      p(M)",
      "The ends of the 95 % interval of a measure, and the p of a test. They stand directly around it.",
      "survey | low(share(satisfaction >= 4)) by month"),
    Entry(
      ["gini", "concentration"], "gini(X)      concentration(X)",
      "How unevenly X is spread: 0 where all have the same; the part of the members that has 80 % of it.",
      "customer | concentration(sum(purchase.amount))"),
    Entry(
      ["trend", "autocorrelation"], "trend(Y [, X])      autocorrelation(X)",
      "The median slope between all pairs, a step or an X (Theil and Sen); of each value with the next.",
      "purchase | sum(amount) as s by month | trend(s)"),
    Entry(
      ["credit"], "credit(OUTCOME, CONTACT, by: E [, model: M] [, within: D] [, half_life: D] [, per: KIND])",
      "Each outcome shared among the contacts before it: first, last, linear, position, decay, markov, shapley. No cause.",
      "credit(opportunity, contact, by: channel, model: \"markov\", within: 90 days)"),
    Entry(
      ["control"], "… | control(X [, baseline: N])",
      "The limits of the process (mean ± 2.66 · mean moving range) and the rules that a row breaks; trial limits below 12.",
      "purchase | sum(amount) as sold by month | control(sold)"),
    Entry(
      ["bg_nbd"], "… | bg_nbd(FREQUENCY, RECENCY, AGE [, for: T])",
      "Who still buys, without a contract (Fader, Hardie and Lee): parameters, or with `for:` P(alive) and purchases to come.",
      "customer | bg_nbd(bought_again, last_seen, age, for: 90 days)"),
    Entry(
      ["variant", "rework"], "variant(SET, E)      rework(SET, E)",
      "The way a case went, as one text; how many of its steps repeat one that was there before.",
      "ticket | select variant(step, activity) as way | count by way"),
  ]
}
