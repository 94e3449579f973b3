// For tests: a component on a real page, with Vue itself and nothing between.
import { createApp, h, type Component, type Plugin } from 'vue'

const mounted: (() => void)[] = []

export function put_on_page(component: Component, plugins: readonly Plugin[] = []) {
  const root = document.createElement('div')
  document.body.append(root)
  const app = createApp({ render: () => h(component) })
  for (const plugin of plugins) app.use(plugin)
  app.mount(root)
  mounted.push(() => {
    app.unmount()
    root.remove()
  })
  return root
}

export function clear_page(): void {
  for (const unmount of mounted.splice(0)) unmount()
}

/** Until answers that are ready have arrived on the page. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export async function type_into(field: Element | null | undefined, text: string): Promise<void> {
  const input = field as HTMLInputElement
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await settled()
}
