/* counter_script - the questions to a Valkey or Redis server */

#include "counters/counter_script.h"

#include <stdio.h>
#include <string.h>

/*
 * A key that counts is a hash of steps, one that is met a hash of "first" and
 * "note"; see counter_table.c for the same in C. 52 bits of ms fit a number,
 * but the server would write one as a fraction first, which takes it longer
 * than all the rest; so they are given as text. The time that a key lives is
 * set with the first count of a step: it covers the step, too. Steps further
 * ahead than a window are of a clock that was set back since, or of a window
 * that the admin has changed: what they hold is counted now.
 */
const char counter_script[] =
    "local call, fmt = redis.call, string.format\n"
    "local t = call('TIME')\n"
    "local now = t[1] * 1000 + (t[2] - t[2] % 1000) / 1000\n"
    "local out, adds, fits = {}, {}, true\n"
    "for i = 1, #KEYS do\n"
    "  local k, j = KEYS[i], i * 4\n"
    "  local verb, window = tonumber(ARGV[j - 3]), tonumber(ARGV[j - 2])\n"
    "  local n, since, room = 0, 0, 0\n"
    "  if verb < 3 then\n"
    "    local limit, amount = tonumber(ARGV[j - 1]), tonumber(ARGV[j])\n"
    "    local width = math.ceil(window / 15)\n"
    "    local step = (now - now % width) / width\n"
    "    local h, oldest, newest = call('HGETALL', k), step, 0\n"
    "    local ahead = 0\n"
    "    for f = 1, #h, 2 do\n"
    "      local at = tonumber(h[f])\n"
    "      if at > step + 16 then\n"
    "        ahead = ahead + h[f + 1]\n"
    "        call('HDEL', k, h[f])\n"
    "        h[f], h[f + 1] = step, 0\n"
    "      elseif at > step - 16 then\n"
    "        n = n + h[f + 1]\n"
    "        if at < oldest then oldest = at end\n"
    "        if at > newest then newest = at end\n"
    "      else\n"
    "        call('HDEL', k, h[f])\n"
    "        h[f], h[f + 1] = step, 0\n"
    "      end\n"
    "    end\n"
    "    local life = newest < step and fmt('%d', window + 2 * width)\n"
    "    if ahead > 0 then\n"
    "      call('HINCRBY', k, fmt('%d', step), fmt('%d', ahead))\n"
    "      call('PEXPIRE', k, fmt('%d', window + 2 * width))\n"
    "      h[#h + 1], h[#h + 2] = step, ahead\n"
    "      n, life = n + ahead, false\n"
    "    end\n"
    "    since = oldest * width\n"
    "    if n + amount > limit then\n"
    "      local steps, left = {}, n\n"
    "      for f = 1, #h, 2 do\n"
    "        steps[#steps + 1] = { tonumber(h[f]), h[f + 1] }\n"
    "      end\n"
    "      table.sort(steps, function(a, b) return a[1] < b[1] end)\n"
    "      room = -1\n"
    "      for _, s in ipairs(steps) do\n"
    "        left = left - s[2]\n"
    "        if amount <= limit and left + amount <= limit then\n"
    "          room = (s[1] + 16) * width\n"
    "          break\n"
    "        end\n"
    "      end\n"
    "    end\n"
    "    if verb == 2 or (verb == 0 and #KEYS == 1 and room == 0) then\n"
    "      call('HINCRBY', k, fmt('%d', step), ARGV[j])\n"
    "      if life then call('PEXPIRE', k, life) end\n"
    "      n = n + amount\n"
    "    elseif verb == 0 then\n"
    "      fits = fits and room == 0\n"
    "      adds[#adds + 1] = { i, k, fmt('%d', step), ARGV[j], life }\n"
    "    end\n"
    "  elseif verb == 6 then\n"
    "    call('DEL', k)\n"
    "  else\n"
    "    local h = call('HMGET', k, 'first', 'note')\n"
    "    since, n = tonumber(h[1] or 0), tonumber(h[2] or 0)\n"
    "    if since > now then\n"
    "      since = now\n"
    "      call('HSET', k, 'first', fmt('%d', now))\n"
    "    end\n"
    "    if since == 0 and verb ~= 4 then\n"
    "      call('HSET', k, 'first', fmt('%d', now))\n"
    "      since, room = now, 1\n"
    "    end\n"
    "    if verb == 5 then\n"
    "      call('HSET', k, 'note', ARGV[j])\n"
    "      n = tonumber(ARGV[j])\n"
    "    end\n"
    "    if since ~= 0 then call('PEXPIRE', k, ARGV[j - 2]) end\n"
    "  end\n"
    "  out[i * 3 - 2], out[i * 3 - 1], out[i * 3] = n, since, room\n"
    "end\n"
    "for _, a in ipairs(fits and adds or {}) do\n"
    "  call('HINCRBY', a[2], a[3], a[4])\n"
    "  if a[5] then call('PEXPIRE', a[2], a[5]) end\n"
    "  out[a[1] * 3 - 2] = out[a[1] * 3 - 2] + a[4]\n"
    "end\n"
    "out[#out + 1] = now\n"
    "return out\n";

static void
put_word(struct counter_command *cmd, const char *word)
{
	cmd->argv[cmd->argc] = word;
	cmd->lengths[cmd->argc] = strlen(word);
	cmd->argc++;
}

void
counter_command_make(struct counter_command *cmd, const char *sha,
    const struct counter_question *q, size_t n)
{
	size_t i, j;

	cmd->argc = 0;
	snprintf(cmd->nkeys, sizeof cmd->nkeys, "%zu", n);
	put_word(cmd, "EVALSHA");
	put_word(cmd, sha);
	put_word(cmd, cmd->nkeys);
	for (i = 0; i < n; i++) {
		snprintf(cmd->keys[i], sizeof cmd->keys[i],
		    "{saywhy}:%016llx%016llx",
		    (unsigned long long)q[i].key.v[0],
		    (unsigned long long)q[i].key.v[1]);
		put_word(cmd, cmd->keys[i]);
	}
	for (i = 0; i < n; i++) {
		const long long numbers[COUNTER_NUMBERS] = { q[i].verb,
			q[i].window, q[i].limit, q[i].amount };

		for (j = 0; j < COUNTER_NUMBERS; j++) {
			snprintf(cmd->numbers[i][j],
			    sizeof cmd->numbers[i][j], "%lld", numbers[j]);
			put_word(cmd, cmd->numbers[i][j]);
		}
	}
}
