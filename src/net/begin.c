/* SPDX-License-Identifier: Apache-2.0 */
#include "net/begin.h"

#include <curl/curl.h>
#include <stdbool.h>

#include "base/must.h"

void
net_begin(void)
{
	static bool begun;

	if (!begun)
		must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	begun = true;
}
