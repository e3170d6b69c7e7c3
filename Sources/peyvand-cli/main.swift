import PeyvandBase
import PeyvandFiles

// A closed pipe is an error to handle, not a signal that kills; and the language runs on a stack of known size.
StandardStreams.ignoreBrokenPipes()
FreedMemory.keep()
LanguageThread.run { interrupts in PeyvandCommand.start(interrupts) }
