/* The RP2040's registers that this firmware uses. Section numbers are those of the RP2040 datasheet. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* Atomic access of peripheral registers (2.1.2): writes of ones set or clear the bits. */
#define SET_BITS(address) REGISTER((address) + 0x2000u)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000u)

/* Resets (2.14.3) */
#define RESETS_RESET 0x4000c000u
#define RESETS_RESET_DONE 0x4000c008u
#define RESET_BUSCTRL (1u << 1)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_IO_QSPI (1u << 6)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PADS_QSPI (1u << 9)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_SYSCFG (1u << 18)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)
#define RESET_USBCTRL (1u << 24)
#define RESET_ALL 0x01ffffffu
#define RESET_NEEDED (RESET_BUSCTRL | RESET_IO_QSPI | RESET_PADS_QSPI | RESET_SYSCFG) /* bus and flash */

/* Power-on state machine (2.13.5): what a watchdog reset takes down */
#define PSM_WDSEL 0x40010008u
#define PSM_ALL_BUT_OSCILLATORS 0x0001fffcu

/* Crystal oscillator (2.16.7) */
#define XOSC_CTRL 0x40024000u
#define XOSC_STATUS 0x40024004u
#define XOSC_STARTUP 0x4002400cu
#define XOSC_CTRL_1_15MHZ 0xaa0u
#define XOSC_CTRL_ENABLE (0xfabu << 12)
#define XOSC_STATUS_STABLE (1u << 31)

/* Phase-locked loops (2.18.4); offsets from the base */
#define PLL_SYS 0x40028000u
#define PLL_USB 0x4002c000u
#define PLL_CS 0x0u
#define PLL_PWR 0x4u
#define PLL_FBDIV_INT 0x8u
#define PLL_PRIM 0xcu
#define PLL_CS_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)
enum { SYS_FBDIV = 125, SYS_POSTDIV1 = 6, SYS_POSTDIV2 = 2 }; /* 125 MHz of 12 MHz */

/* Clocks (2.15.7) */
#define CLK_REF_CTRL 0x40008030u
#define CLK_REF_DIV 0x40008034u
#define CLK_REF_SELECTED 0x40008038u
#define CLK_SYS_CTRL 0x4000803cu
#define CLK_SYS_DIV 0x40008040u
#define CLK_SYS_SELECTED 0x40008044u
#define CLK_PERI_CTRL 0x40008048u
#define CLK_USB_CTRL 0x40008054u
#define CLK_USB_DIV 0x40008058u
#define CLK_SYS_RESUS_CTRL 0x40008078u
#define CLK_REF_SRC_XOSC 2u
#define CLK_SYS_SRC_AUX 1u /* auxiliary source 0: the system PLL */
#define CLK_ENABLE (1u << 11)
#define CLK_DIV_1 (1u << 8)

/* GPIO functions (2.19.6.1) and pads (2.19.6.3) */
#define GPIO_CTRL(n) (0x40014004u + 8u * (n))
#define GPIO_FUNCTION_UART 2u
#define PAD_GPIO(n) (0x4001c004u + 4u * (n))
#define PAD_OUTPUT 0x52u /* IE, 4 mA, Schmitt trigger */
#define PAD_INPUT_PULLED_UP 0x4au /* IE, PUE, Schmitt trigger */

/* UART0, a PL011 (4.2.8) */
#define UART_DR 0x40034000u
#define UART_FR 0x40034018u
#define UART_IBRD 0x40034024u
#define UART_FBRD 0x40034028u
#define UART_LCR_H 0x4003402cu
#define UART_CR 0x40034030u
#define UART_IFLS 0x40034034u
#define UART_IMSC 0x40034038u
#define UART_DR_BROKEN (7u << 8) /* framing, parity, break */
#define UART_FR_BUSY (1u << 3)
#define UART_FR_RXFE (1u << 4)
#define UART_FR_TXFF (1u << 5)
#define UART_LCR_H_FIFO_8BIT ((1u << 4) | (3u << 5))
#define UART_CR_ENABLE_TX_RX ((1u << 0) | (1u << 8) | (1u << 9))
#define UART_RX_INTERRUPTS ((1u << 4) | (1u << 6)) /* FIFO level, and 32 bit times of silence */

/* Timer (4.6.5) */
#define TIMER_ALARM0 0x40054010u
#define TIMER_ALARM1 0x40054014u
#define TIMER_ARMED 0x40054020u
#define TIMER_TIMERAWH 0x40054024u
#define TIMER_TIMERAWL 0x40054028u
#define TIMER_INTR 0x40054034u
#define TIMER_INTE 0x40054038u
#define TIMER_ALARM0_BIT 1u
#define TIMER_ALARM1_BIT 2u

/* Watchdog (4.7.6). It counts down twice a tick: RP2040-E1. */
#define WATCHDOG_CTRL 0x40058000u
#define WATCHDOG_LOAD 0x40058004u
#define WATCHDOG_SCRATCH(n) (0x4005800cu + 4u * (n))
#define WATCHDOG_TICK 0x4005802cu
#define WATCHDOG_COUNTS_PER_MICROSECOND 2u
#define WATCHDOG_CTRL_ENABLE (1u << 30)
#define WATCHDOG_CTRL_TRIGGER (1u << 31)
#define WATCHDOG_TICK_ENABLE (1u << 9)

/* Integer divider (2.3.1.7): dividend and, 4 bytes on, divisor */
#define SIO_DIV_UNSIGNED 0xd0000060u
#define SIO_DIV_SIGNED 0xd0000068u
#define SIO_DIV_QUOTIENT 0xd0000070u
#define SIO_DIV_REMAINDER 0xd0000074u
#define SIO_DIV_CSR 0xd0000078u
#define SIO_DIV_CSR_READY (1u << 0)

/* Cortex-M0+ system timer and interrupt controller (2.4.8) */
#define SYST_CSR 0xe000e010u
#define SYST_RVR 0xe000e014u
#define SYST_CVR 0xe000e018u
#define SYST_CSR_CORE_CLOCK_ENABLE ((1u << 0) | (1u << 2))
#define NVIC_ISER 0xe000e100u

/* Interrupt numbers (2.3.2) */
#define IRQ_TIMER_0 0u
#define IRQ_TIMER_1 1u
#define IRQ_USBCTRL 5u
#define IRQ_UART0 20u

/* The bootrom's table of functions and the look-up for it (2.8.3) */
#define BOOTROM_FUNCTION_TABLE 0x14u
#define BOOTROM_TABLE_LOOKUP 0x18u
#define BOOTROM_CODE(a, b) ((uint32_t)(a) | ((uint32_t)(b) << 8))

static inline void disable_interrupts(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void enable_interrupts(void) { __asm volatile("cpsie i" ::: "memory"); }

static inline void enable_interrupt(uint32_t n) { REGISTER(NVIC_ISER) = 1u << n; }

/* Disables them; returns PRIMASK, for restore_interrupts. */
static inline uint32_t hold_interrupts(void) {
    uint32_t primask;
    __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask)::"memory");
    return primask;
}

static inline void restore_interrupts(uint32_t primask) {
    __asm volatile("msr primask, %0" ::"r"(primask) : "memory");
}

/* The 1 MHz that timer and watchdog count, from the crystal (4.7.2). */
static inline void start_ticks(uint32_t crystal_megahertz) {
    REGISTER(WATCHDOG_TICK) = WATCHDOG_TICK_ENABLE | crystal_megahertz;
}

#endif
