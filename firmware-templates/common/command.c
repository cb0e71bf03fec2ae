#include "command.h"

char *next_word(struct words *words) {
    char *p = words->rest;
    while (*p == ' ') p++;
    char *const word = p;
    while (*p != '\0' && *p != ' ') p++;
    if (*p != '\0') *p++ = '\0';
    words->rest = p;
    return word;
}

bool same(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

enum { LARGEST = 0x7fffffff };

bool parse_u32(const char *word, uint32_t *value) {
    uint32_t result = 0;
    if (*word == '\0') return false;
    for (; *word != '\0'; word++) {
        const uint32_t digit = (uint32_t)(unsigned char)*word - '0';
        if (digit > 9u || result >= (uint32_t)LARGEST / 10u) return false;
        result = result * 10u + digit;
    }
    *value = result;
    return true;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
