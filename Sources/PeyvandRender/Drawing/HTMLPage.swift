/// The page around answers in HTML: one file that needs nothing else, loads nothing and runs nothing.
package enum HTMLPage {
  /// What stands before the first answer. The page says of itself that nothing may be loaded into it, so that a name in
  /// somebody's data could do no harm even if it were taken for a tag.
  package static let head = """
    <!doctype html>
    <html>
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Peyvand</title>
    <style>
    body { font: 15px/1.5 Vazirmatn, "Noto Sans", "DejaVu Sans", sans-serif; color: #222; max-width: 62em; margin: 2em auto; padding: 0 1em; }
    section { margin: 0 0 2.2em; overflow-x: auto; }
    h2 { font-size: 1.15em; margin: 0 0 .3em; }
    .value { font-size: 1.6em; font-weight: 600; margin: 0 .3em 0 0; }
    .state { font-size: .8em; font-weight: 600; padding: .1em .6em; border-radius: .7em; background: #ececec; margin-inline-start: .5em; }
    .ok { background: #dcefe0; } .warn { background: #f8ecc9; } .breach { background: #f6d9cf; }
    table { border-collapse: collapse; margin: .2em 0; }
    th, td { padding: .25em .8em; border-bottom: 1px solid #e2e2e2; text-align: start; vertical-align: top; }
    th { font-weight: 600; border-bottom: 2px solid #c9c9c9; }
    td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; margin: .5em 0; }
    dt { color: #6b6b6b; } dd { margin: 0; }
    pre { font: 13px/1.4 "DejaVu Sans Mono", monospace; margin: 0; }
    .receipt { color: #6b6b6b; font-size: .85em; margin: .4em 0 0; }
    .note { background: #f8ecc9; padding: .3em .7em; margin: .4em 0 0; font-size: .9em; }
    svg { max-width: 100%; height: auto; }
    </style>
    </head>
    <body>

    """

  package static let end = "</body>\n</html>\n"
}
