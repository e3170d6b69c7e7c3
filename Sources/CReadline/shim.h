// GNU readline as Swift can call it: its settings are global C variables, which Swift 6 rightly refuses to touch,
// so each one that is needed is set or read by a function here.
#pragma once
#include <stdio.h>
#include <readline/readline.h>
#include <readline/history.h>

/// A line that was entered; NULL at the end of input. The receiver frees it.
typedef void line_handler(char *line);
/// The matches of the word that begins and ends at these bytes: their common beginning, then each, then NULL.
typedef char **line_completer(const char *word, int start, int end);

static inline void line_editor_configure(line_completer *completer) {
  // Blanks and signs, all of them ASCII, so that no letter is ever cut.
  static const char *const word_breaks = " \t\n\"'()[]{}|,;:.=<>!+-*/%";
  rl_readline_name = "peyvand";
  rl_catch_signals = 1;
  rl_catch_sigwinch = 1;
  rl_basic_word_break_characters = word_breaks;
  rl_completer_word_break_characters = word_breaks;
  rl_attempted_completion_function = completer;
  rl_change_environment = 0;
  rl_variable_bind("enable-bracketed-paste", "on");
  // An entry may be a question of several lines: the file tells entries apart by their time.
  history_comment_char = '#';
  history_write_timestamps = 1;
  history_multiline_entries = 1;
}

static inline void line_editor_install(const char *prompt, line_handler *handler) {
  rl_callback_handler_install(prompt, handler);
}

static inline const char *line_editor_buffer(void) { return rl_line_buffer; }
static inline int line_editor_point(void) { return rl_point; }

/// No file names in place of words, and this after a word that was completed alone (0: nothing).
static inline void line_editor_finish_completion(int append) {
  rl_attempted_completion_over = 1;
  rl_completion_append_character = append;
}

static inline void line_editor_newline(void) {
  FILE *out = rl_outstream ? rl_outstream : stdout;
  fputc('\n', out);
  fflush(out);
}

/// Leaves the line that is being edited, as after ^C.
static inline void line_editor_abandon(int signal) {
  rl_echo_signal_char(signal);
  rl_free_line_state();
  rl_callback_sigcleanup();
  rl_cleanup_after_signal();
  rl_callback_handler_remove();
  line_editor_newline();
}

static inline const char *line_editor_last_entry(void) {
  HIST_ENTRY *entry = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  return entry ? entry->line : NULL;
}
