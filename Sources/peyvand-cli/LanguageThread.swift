import Glibc
import PeyvandBase
import PeyvandFiles

/// The thread that reads, checks and answers, on a stack of known size.
///
/// The stack of a process is whatever the machine's settings say; a deep program must meet the language's own limit
/// and never the end of the stack. The first thread has nothing left to do but to wait for ^C, which all other
/// threads block: so the signal needs no handler.
enum LanguageThread {
  /// Runs `body` and ends the process with its result.
  static func run(_ body: @escaping @Sendable (Interrupts) -> Int32) -> Never {
    var waited = sigset_t()
    sigemptyset(&waited)
    sigaddset(&waited, SIGINT)
    pthread_sigmask(SIG_BLOCK, &waited, nil)

    let interrupts = Interrupts()
    // Work that was left behind may still run, and must not find the process half taken down: what is still to be
    // written is, and nothing else is done.
    let isRunning = StackedThreads.detach(stackBytes: Limits.stackBytes) {
      let code = body(interrupts)
      fflush(nil)
      _exit(code)
    }
    guard isRunning else {
      try? StandardStreams.write("peyvand: the system gives no thread with a stack of that size\n", to: .error)
      exit(5)
    }
    // All but ^C is for the language's thread: a line being edited has to hear of a resized window.
    var others = sigset_t()
    sigfillset(&others)
    pthread_sigmask(SIG_SETMASK, &others, nil)
    while true {
      var signal: CInt = 0
      if sigwait(&waited, &signal) == 0, signal == SIGINT { interrupts.pressed() }
    }
  }
}
