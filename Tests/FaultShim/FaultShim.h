/* Preloaded, not called: see FaultShim.c. */
