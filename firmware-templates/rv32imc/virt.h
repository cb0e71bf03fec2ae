/* Where things are in QEMU's virt machine (qemu, hw/riscv/virt.c: virt_memmap). */
#ifndef VIRT_H
#define VIRT_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define BYTE_REGISTER(address) (*(volatile uint8_t *)(address))

/* SiFive's test device: the machine's switch. */
#define TEST_DEVICE 0x00100000u
#define TEST_RESET 0x7777u

/* Core-local interruptor; mtime counts at 10 MHz. */
#define CLINT_MTIMECMP 0x02004000u
#define CLINT_MTIME 0x0200bff8u

/* Platform interrupt controller, context 0: machine mode of the first hart. */
#define PLIC_PRIORITY(source) (0x0c000000u + 4u * (source))
#define PLIC_ENABLE 0x0c002000u
#define PLIC_THRESHOLD 0x0c200000u
#define PLIC_CLAIM 0x0c200004u
#define IRQ_UART 10u

/* A 16550 (TI PC16550D, table 2). */
#define UART_DATA 0x10000000u
#define UART_IER 0x10000001u
#define UART_FCR 0x10000002u
#define UART_LCR 0x10000003u
#define UART_LSR 0x10000005u
#define UART_IER_RECEIVED 0x01u
#define UART_FCR_ENABLE_AND_CLEAR 0x07u
#define UART_LCR_8N1 0x03u
#define UART_LSR_RECEIVED 0x01u
#define UART_LSR_HOLDING_EMPTY 0x20u
#define UART_LSR_ALL_SENT 0x40u

#endif
