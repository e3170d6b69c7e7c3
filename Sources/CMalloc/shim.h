// How the C library manages memory, which Swift's own view of it leaves out.
#pragma once
#include <malloc.h>
