"""What happens with imports and exports (取込み・出力の処理)."""
