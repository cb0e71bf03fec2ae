#include "chip.h"
#include "crimp_target.h"
#include "parts.h"

enum { CRYSTAL_HZ = 12000000 };

/* 12 MHz * FBDIV / (post divider 1 * post divider 2); the VCO may run at 750 to 1600 MHz (RP2040 datasheet 2.18.2, RP2350 datasheet 8.6.3). */
enum { USB_FBDIV = 100, USB_POSTDIV1 = 5, USB_POSTDIV2 = 5 };
_Static_assert(CRYSTAL_HZ / (SYS_POSTDIV1 * SYS_POSTDIV2) * SYS_FBDIV == CRIMP_CLOCK_HZ, "clock of the target");
_Static_assert(CRYSTAL_HZ / (USB_POSTDIV1 * USB_POSTDIV2) * USB_FBDIV == 48000000, "USB needs 48 MHz");

/* In this order: divider, power, lock, then the post dividers. */
static void pll_start(uint32_t pll, uint32_t fbdiv, uint32_t postdiv1, uint32_t postdiv2) {
    REGISTER(pll + PLL_CS) = 1; /* the crystal undivided */
    REGISTER(pll + PLL_FBDIV_INT) = fbdiv;
    CLEAR_BITS(pll + PLL_PWR) = PLL_PWR_PD | PLL_PWR_VCOPD;
    while ((REGISTER(pll + PLL_CS) & PLL_CS_LOCK) == 0u) {
    }
    REGISTER(pll + PLL_PRIM) = (postdiv1 << 16) | (postdiv2 << 12);
    CLEAR_BITS(pll + PLL_PWR) = PLL_PWR_POSTDIVPD;
}

static void leave_reset(uint32_t blocks) {
    CLEAR_BITS(RESETS_RESET) = blocks;
    while ((~REGISTER(RESETS_RESET_DONE) & blocks) != 0u) {
    }
}

void clocks_start(void) {
    REGISTER(CLK_SYS_RESUS_CTRL) = 0;
    REGISTER(XOSC_CTRL) = XOSC_CTRL_1_15MHZ;
    REGISTER(XOSC_STARTUP) = (CRYSTAL_HZ / 1000 + 128) / 256; /* one millisecond */
    SET_BITS(XOSC_CTRL) = XOSC_CTRL_ENABLE;
    while ((REGISTER(XOSC_STATUS) & XOSC_STATUS_STABLE) == 0u) {
    }

    /* Off the PLLs before they are touched: they may still run after a watchdog reset. */
    CLEAR_BITS(CLK_SYS_CTRL) = CLK_SYS_SRC_AUX;
    while (REGISTER(CLK_SYS_SELECTED) != 1u) {
    }
    REGISTER(CLK_REF_CTRL) = CLK_REF_SRC_XOSC;
    REGISTER(CLK_REF_DIV) = CLK_DIV_1;
    while (REGISTER(CLK_REF_SELECTED) != 1u << CLK_REF_SRC_XOSC) {
    }

    /* All peripherals to a known state, but not the bus and the flash that this code runs from. */
    SET_BITS(RESETS_RESET) = RESET_ALL & ~RESET_NEEDED;
    leave_reset(RESET_PLL_SYS | RESET_PLL_USB);
    pll_start(PLL_SYS, SYS_FBDIV, SYS_POSTDIV1, SYS_POSTDIV2);
    pll_start(PLL_USB, USB_FBDIV, USB_POSTDIV1, USB_POSTDIV2);

    REGISTER(CLK_SYS_DIV) = CLK_DIV_1;
    REGISTER(CLK_SYS_CTRL) = 0; /* auxiliary source 0 first, then over to it: that switch is free of glitches */
    SET_BITS(CLK_SYS_CTRL) = CLK_SYS_SRC_AUX;
    while (REGISTER(CLK_SYS_SELECTED) != 1u << CLK_SYS_SRC_AUX) {
    }
    REGISTER(CLK_PERI_CTRL) = CLK_ENABLE; /* from clk_sys */
    REGISTER(CLK_USB_DIV) = CLK_DIV_1;
    REGISTER(CLK_USB_CTRL) = CLK_ENABLE; /* from the USB PLL */

    start_ticks(CRYSTAL_HZ / 1000000);
    leave_reset(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_TIMER | RESET_UART0 | RESET_USBCTRL);
}
