/** What the compiler may call though nothing else is linked; without -fno-tree-loop-distribute-patterns it would call itself. */
export const bareString = `
#include <stddef.h>
__attribute__((used)) void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    for (size_t i = 0; i < n; ++i) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}
__attribute__((used)) void *memmove(void *to, const void *from, size_t n)
{
    if ((char *)to <= (const char *)from) for (size_t i = 0; i < n; ++i) ((char *)to)[i] = ((const char *)from)[i];
    else while (n-- > 0) ((char *)to)[n] = ((const char *)from)[n];
    return to;
}
__attribute__((used)) void *memset(void *to, int value, size_t n)
{
    for (size_t i = 0; i < n; ++i) ((char *)to)[i] = (char)value;
    return to;
}
`;
