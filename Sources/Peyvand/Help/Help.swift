import PeyvandBase
import PeyvandSyntax

/// What `?` says: a card of a dozen verbs, and a few lines for each word of the language.
///
/// Help is data, so that the prompt, `peyvand explain` and completion show one and the same thing, and a test can ask
/// that no word of the language is without it.
public enum Help {
  struct Entry: Sendable {
    /// The words it explains; the first is its name.
    let words: [String]
    /// How it is written.
    let form: String
    /// What it does, in a line or three.
    let text: String
    /// One that can be typed as it is, over a company's usual kinds.
    let example: String

    init(_ words: [String], _ form: String, _ text: String, _ example: String) {
      self.words = words
      self.form = form
      self.text = text
      self.example = example
    }
  }

  /// The card that a bare `?` shows.
  public static let card = """
    A question begins with a set and goes on in stages:

      customer | where region = "North" | count
      customer | select name, count(purchase) as orders | sort by orders desc | take 10
      purchase since 2024-01-01 | sum(amount) by month

      where     keep the rows that …          measure  one row a group: count, sum(amount) … by …
      select    choose the columns            with     add columns, keep the record in hand
      sort by   order (desc: greatest first)  take     the first n rows (skip: leave them out)
      each      a row for each of a set       then     what followed: contact then purchase within 30 days
      kpi       a measure with its target     import   read a file
      entity    declare who there is          undo     take back the last change

      | …       goes on from the last answer     it       is that answer
      ? word    explains a word, a function, a kind or an error's code
      ^C        leaves the line or stops the question          quit (or ^D)  ends
    """

  /// The functions that completion offers, with their bracket.
  package static let functions = functionEntries.flatMap(\.words).map { $0 + "(" }
  /// The other words that completion offers.
  static let words = (wordEntries + statementEntries + stageEntries).flatMap(\.words)

  static let all = stageEntries + wordEntries + functionEntries + statementEntries + promptEntries

  /// Explains a word of the language, a measure or an error's code; nil for any other.
  public static func explanation(of word: String) -> String? {
    if let page = page(ofCode: word) { return page }
    let key = searchKey(word)
    let found = all.filter { $0.words.contains { searchKey($0) == key } }
    let forms = found.map { entry in
      entry.form + "\n  " + entry.text.split(separator: "\n").joined(separator: "\n  ") + "\n  For example: "
        + entry.example
    }
    let explained = forms + measures(of: word)
    return explained.isEmpty ? nil : explained.joined(separator: "\n\n")
  }

  /// The nearest words to one that is not known.
  static func nearestWords(to word: String) -> [String] {
    nearest(word, among: all.flatMap(\.words) + measures.flatMap(\.words))
  }
}
