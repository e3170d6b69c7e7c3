// expat: the XML inside workbooks.
#pragma once
#include <expat.h>
