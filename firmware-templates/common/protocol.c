/* Gathers bytes into commands and answers them: see PROTOCOL.md. */
#include "protocol.h"

#include "board.h"
#include "command.h"
#include "crc32.h"
#include "sample.h"
#include "text.h"

/* MLPerf's runner sends up to 65 characters; its own firmware takes 80. */
enum { COMMAND_CHARACTERS = 120, NAP_MICROSECONDS = 2000000 };

/* Every port gathers on its own, so half a command on one cannot spoil the other. */
struct line {
    unsigned length;
    bool too_long;
    char text[COMMAND_CHARACTERS + 1];
};

static struct line lines[BOARD_PORTS];

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static bool answer_from(const struct command *commands, const char *name, struct words *words) {
    for (; commands->name != 0; commands++) {
        if (same(name, commands->name)) {
            commands->answer(words);
            return true;
        }
    }
    return false;
}

static void put_unknown(const char *name) {
    put("e-[Unknown command: ");
    for (; *name != '\0'; name++) put_char(*name > ' ' && *name <= '~' && *name != ']' ? *name : '?');
    put("]\r\n");
}

static void answer(unsigned port, struct line *line) {
    while (line->length > 0u && is_space(line->text[line->length - 1u])) line->length--;
    line->text[line->length] = '\0';
    text_to(port, crc32(crc32(0, line->text, line->length), "\n", 1));
    struct words words = {line->text, port};
    if (line->too_long) {
        put_error("Command too long");
    } else {
        const char *const name = next_word(&words);
        if (*name == '\0') return;
        if (answer_from(crimp_commands, name, &words)) {
            put_crc_line();
        } else if (!answer_from(mlperf_commands, name, &words)) {
            put_unknown(name);
        }
    }
    put("m-ready\r\n");
    text_flush();
}

static void take(unsigned port, char c) {
    struct line *const line = &lines[port];
    if (c == '%') {
        answer(port, line);
        line->length = 0;
        line->too_long = false;
    } else if (line->length > 0u || !is_space(c)) {
        if (line->length < COMMAND_CHARACTERS) {
            line->text[line->length++] = c;
        } else {
            line->too_long = true;
        }
    }
}

static void greet(unsigned port) {
    text_to(port, 0);
    put("m-timestamp-mode-performance\r\n");
    put_number_line("m-lap-us-", board_microseconds(), "");
    put("m-init-done\r\nm-ready\r\n");
    text_flush();
}

void protocol_serve(void) {
    model_reset();
    for (unsigned port = 0; port < BOARD_PORTS; port++) greet(port);
    for (;;) {
        board_alive();
        bool idle = true;
        for (unsigned port = 0; port < BOARD_PORTS; port++) {
            const int byte = board_receive(port);
            if (byte >= 0) {
                idle = false;
                take(port, (char)byte);
            }
        }
        if (idle) board_sleep(NAP_MICROSECONDS);
    }
}
