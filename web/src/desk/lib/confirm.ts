import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'

export function use_confirm() {
  const { t } = useI18n()

  /** True when the person agreed. */
  return async function confirm(title: string, text: string, do_label: string): Promise<boolean> {
    try {
      await ElMessageBox.confirm(text, title, {
        confirmButtonText: do_label,
        cancelButtonText: t('action.cancel'),
        closeOnClickModal: false,
      })
      return true
    } catch {
      return false
    }
  }
}
